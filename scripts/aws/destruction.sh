# shellcheck shell=bash
# Removes the installation. Terraform knows all of it but the task definitions that deployments registered.

task_definitions() { # task_definitions STATUS
  local service
  for service in "${SERVICES[@]}"; do
    aws ecs list-task-definitions --family-prefix "$(setting cluster)-$service" --status "$1" | jq -r '.taskDefinitionArns[]'
  done
}

destroy() {
  local answer arn
  need_commands aws jq terraform
  read_installation
  need_account
  printf 'This removes %s with all accounts, messages and backups. Type its name to go on: ' "$(setting cluster)"
  read -r answer
  [ "$answer" = "$(setting cluster)" ] || stop "nothing was changed"

  # First, since it refuses where something is protected.
  terraform -chdir=infra destroy -auto-approve \
    || stop "terraform could not remove everything; apply with deletion_protection = false first, then run this again"
  say "removing task definitions"
  task_definitions ACTIVE | while read -r arn; do
    aws ecs deregister-task-definition --task-definition "$arn" > /dev/null
  done
  task_definitions INACTIVE | xargs -r -n 10 aws ecs delete-task-definitions --task-definitions > /dev/null
  say "nothing is left of $(setting cluster)"
}
