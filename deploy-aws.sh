#!/usr/bin/env bash
# Brings this revision to the AWS installation that `infra/` describes. Safe to run again; docs/aws.md is the guide.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
  cat <<'TEXT'
Usage: ./deploy-aws.sh [COMMAND]

  package   build the two Lambdas into target/lambda; first, since `terraform plan` needs them
  deploy    package, push images, prepare the databases, roll the services and wait until they are healthy (the default)
  destroy   remove everything, task definitions included; needs deletion_protection = false to be applied

Settings (environment):
  ROLL_TIMEOUT   seconds that one service may take to become healthy (900)
  POLL_SECONDS   seconds between two looks at it (10)
TEXT
}

say() { printf '== %s\n' "$*"; }
stop() { printf 'deploy-aws: %s\n' "$*" >&2; exit 1; }

# shellcheck source=scripts/aws/prerequisites.sh
. scripts/aws/prerequisites.sh
# shellcheck source=scripts/aws/packages.sh
. scripts/aws/packages.sh
# shellcheck source=scripts/aws/images.sh
. scripts/aws/images.sh
# shellcheck source=scripts/aws/functions.sh
. scripts/aws/functions.sh
# shellcheck source=scripts/aws/services.sh
. scripts/aws/services.sh
# shellcheck source=scripts/aws/rollback.sh
. scripts/aws/rollback.sh
# shellcheck source=scripts/aws/destruction.sh
. scripts/aws/destruction.sh

deploy() {
  need_commands aws docker git jq terraform zip
  need_docker
  read_installation
  need_account
  need_revision
  package_lambdas "$(setting architecture)"
  push_images

  # Expand before contract: the old services run on the new schema, so it comes first.
  prepare_databases
  roll_service auth-service
  roll_service chat-service
  switch_websocket_lambda
  roll_service frontend

  say "revision $REVISION is up"
  printf '   %-10s %s\n' \
    frontend "$(output frontend_url)" api "$(output api_gateway_url)" websocket "$(output ws_endpoint)"
}

case "${1:-deploy}" in
  package)
    need_commands docker zip
    need_docker
    package_lambdas "$(wanted_architecture)"
    ;;
  deploy) deploy ;;
  destroy) destroy ;;
  help | -h | --help) usage ;;
  *)
    usage >&2
    exit 2
    ;;
esac
