#!/usr/bin/env bash
# Checks infra/ and the deploy script: shellcheck, the scanner, and the tests in infra/tests. Terraform is asked with its
# provider from the registry, or with the stand-ins in shared/tools/terraform where that folder is beside the repository.
set -euo pipefail
cd "$(dirname "$0")/.."

python=.tools/venv/bin/python
# Beside the repository, also for a worktree of it.
standins=$(git rev-parse --path-format=absolute --git-common-dir 2> /dev/null || echo .git)/../../shared/tools/terraform

shellcheck --external-sources --severity=warning deploy-aws.sh scripts/*.sh scripts/aws/*.sh
"$python" -m pytest -q -p no:cacheprovider infra/tests/deployment

if ! command -v terraform > /dev/null; then
  echo "terraform is not installed: infra/ itself was not checked" >&2
  exit 0
fi
terraform fmt -check -recursive infra
.tools/checkov/bin/checkov --skip-download --directory infra --framework terraform secrets --compact --quiet

scratch=$(mktemp -d)
if [ ! -d "$standins" ]; then
  trap 'rm -rf "$scratch"' EXIT
  # Fetched once, for this and for the tests.
  export TF_PLUGIN_CACHE_DIR=$scratch/plugins
  mkdir "$TF_PLUGIN_CACHE_DIR" "$scratch/providers"
  cp infra/versions.tf "$scratch/providers"
  if ! terraform -chdir="$scratch/providers" init -backend=false -input=false > "$scratch/log" 2>&1; then
    cat "$scratch/log" >&2
    echo "the registry of Terraform's providers does not answer: infra/ was formatted and scanned, not applied" >&2
    exit 0
  fi
  "$python" -m pytest -q -p no:cacheprovider infra/tests/configuration
  exit
fi

.tools/standins/bin/python "$standins/fakeprov.py" --env "$scratch/env" "$standins"/*.json "$standins"/*.json.gz &
providers=$!
trap 'kill "$providers"; rm -rf "$scratch"' EXIT
for _ in $(seq 200); do
  [ -f "$scratch/env" ] && break
  sleep 0.1
done
# shellcheck source=/dev/null
. "$scratch/env"
export TF_REATTACH_PROVIDERS TF_CLI_CONFIG_FILE="$scratch/terraform.rc"
: > "$TF_CLI_CONFIG_FILE"
"$python" -m pytest -q -p no:cacheprovider infra/tests/configuration
