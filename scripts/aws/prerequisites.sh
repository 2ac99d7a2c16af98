# shellcheck shell=bash
# What must be there before anything is changed; each line that fails says what to do.

hint() { # hint COMMAND
  case "$1" in
    aws) echo "the AWS command line: https://aws.amazon.com/cli/" ;;
    docker) echo "Docker 23 or newer: https://docs.docker.com/engine/install/" ;;
    terraform) echo "Terraform 1.11 or newer: https://developer.hashicorp.com/terraform/install" ;;
    *) echo "from your distribution: apt-get install $1" ;;
  esac
}

need_commands() {
  local name missing=0
  for name in "$@"; do
    command -v "$name" > /dev/null && continue
    printf 'deploy-aws: %s is missing; install %s\n' "$name" "$(hint "$name")" >&2
    missing=1
  done
  [ "$missing" = 0 ] || exit 1
}

need_docker() {
  docker info > /dev/null 2>&1 || stop "the Docker engine does not answer; start it, or add yourself to the group docker"
}

# Reads what Terraform made; every later question is answered from this.
read_installation() {
  OUTPUTS=$(terraform -chdir=infra output -json 2> /dev/null) || OUTPUTS='{}'
  jq -e '.deployment' > /dev/null <<< "$OUTPUTS" \
    || stop "there is no installation yet: run ./deploy-aws.sh package, then terraform apply in infra/ (docs/aws.md)"
  AWS_DEFAULT_REGION=$(setting region)
  AWS_REGION=$AWS_DEFAULT_REGION
  AWS_PAGER=
  AWS_DEFAULT_OUTPUT=json
  export AWS_DEFAULT_REGION AWS_REGION AWS_PAGER AWS_DEFAULT_OUTPUT
}

output() { jq -r --arg name "$1" '.[$name].value' <<< "$OUTPUTS"; }
setting() { jq -r --arg name "$1" '.deployment.value[$name]' <<< "$OUTPUTS"; }
service_setting() { # service_setting SERVICE NAME
  jq -r --arg service "$1" --arg name "$2" '.deployment.value.services[$service][$name]' <<< "$OUTPUTS"
}
function_name() { jq -r --arg name "$1" '.deployment.value.functions[$name]' <<< "$OUTPUTS"; }

need_account() {
  local account registry
  account=$(aws sts get-caller-identity | jq -r .Account) \
    || stop "AWS refuses the credentials; log in again (aws configure, aws sso login, or the lab's new credentials)"
  registry=$(setting registry)
  [ "$account" = "${registry%%.*}" ] \
    || stop "the credentials are of account $account, the installation is in ${registry%%.*}"
}

# Images are named after the revision, so it must be what is in the files that they are made of.
# shellcheck disable=SC2034  # images.sh and services.sh use it
need_revision() {
  REVISION=$(git rev-parse --short=12 HEAD) || stop "this is no git checkout, and images are named after the revision"
  [ -z "$(git status --porcelain -- . ':!infra')" ] \
    || stop "there are uncommitted changes; commit or stash them, since images are named after the revision"
}
