# shellcheck shell=bash
# A service is rolled by registering Terraform's template with an image, by digest, and waiting until ECS has replaced
# every task by a healthy one.

ROLL_TIMEOUT=${ROLL_TIMEOUT:-900}
POLL_SECONDS=${POLL_SECONDS:-10}

describe_service() { # describe_service SERVICE
  aws ecs describe-services --cluster "$(setting cluster)" --services "$1" | jq -e '.services[0]'
}

register_task_definition() { # register_task_definition SERVICE IMAGE; prints its ARN
  local template
  template=$(aws ecs describe-task-definition --task-definition "$(service_setting "$1" template)") || return
  template=$(jq --arg image "$2" '.taskDefinition
    | del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities, .registeredAt, .registeredBy,
          .deregisteredAt)
    | .containerDefinitions[0].image = $image' <<< "$template") || return
  aws ecs register-task-definition --cli-input-json "$template" | jq -er .taskDefinition.taskDefinitionArn
}

update_service() { # update_service SERVICE TASK_DEFINITION COUNT
  aws ecs update-service --cluster "$(setting cluster)" --service "$1" --task-definition "$2" --desired-count "$3" > /dev/null
}

# Autoscaling starts out with a floor of 0, since there are no images; it must not scale in below this.
raise_floor() { # raise_floor SERVICE
  aws application-autoscaling register-scalable-target --service-namespace ecs --scalable-dimension ecs:service:DesiredCount \
    --resource-id "service/$(setting cluster)/$1" --min-capacity "$(setting min_tasks)" > /dev/null
}

# Waits until the service runs nothing but TASK_DEFINITION. Says why where it does not.
wait_until_rolled() { # wait_until_rolled SERVICE TASK_DEFINITION
  local started=$SECONDS state
  while true; do
    # A look that fails is no news about the service.
    state=$(describe_service "$1" | jq -r --arg ours "$2" '
      (.deployments[] | select(.status == "PRIMARY")) as $primary
      | if $primary.taskDefinition != $ours then "FAILED ECS went back to \($primary.taskDefinition | split("/") | last)"
        else "\($primary.rolloutState) \($primary.runningCount) of \($primary.desiredCount) running. \($primary.rolloutStateReason // "")"
        end') || state="UNKNOWN"
    case "$state" in
      COMPLETED*) return 0 ;;
      FAILED*)
        WHY=${state#FAILED }
        return 1
        ;;
    esac
    if [ $((SECONDS - started)) -ge "$ROLL_TIMEOUT" ]; then
      WHY="not healthy after $ROLL_TIMEOUT seconds: ${state#* }"
      return 1
    fi
    sleep "$POLL_SECONDS"
  done
}

# What ECS says about it: its last events, and why the last tasks ended.
explain_service() { # explain_service SERVICE
  local tasks
  describe_service "$1" | jq -r '.events[:5][].message' >&2 || true
  tasks=$(aws ecs list-tasks --cluster "$(setting cluster)" --service-name "$1" --desired-status STOPPED \
    | jq -r '.taskArns[:3] | join(" ")') || return 0
  [ -n "$tasks" ] || return 0
  # shellcheck disable=SC2086  # a list of ARNs
  aws ecs describe-tasks --cluster "$(setting cluster)" --tasks $tasks \
    | jq -r '.tasks[] | "task ended: \(.stoppedReason // "") \([.containers[] | "\(.name) exit code \(.exitCode // "none") \(.reason // "")"] | join("; "))"' >&2 || true
}

roll_service() { # roll_service SERVICE
  local service=$1 digest before task_definition count
  say "rolling $service"
  before=$(describe_service "$service") || fail "$service is not in the cluster $(setting cluster)"
  digest=$(digest_of "$service") || digest=
  [ -n "$digest" ] || fail "$service $REVISION is not in the registry"
  task_definition=$(register_task_definition "$service" "$(service_setting "$service" repository)@$digest") \
    || fail "no task definition could be registered for $service"
  count=$(jq --argjson least "$(setting min_tasks)" '[.desiredCount, $least] | max' <<< "$before")

  undo_with "update_service $service $(jq -r '"\(.taskDefinition) \(.desiredCount)"' <<< "$before")"
  update_service "$service" "$task_definition" "$count" || fail "$service could not be updated"
  if ! wait_until_rolled "$service" "$task_definition"; then
    explain_service "$service"
    fail "$service: $WHY. Its log: aws logs tail $(service_setting "$service" log_group) --since 30m --region $AWS_REGION"
  fi
  raise_floor "$service" || fail "the autoscaling of $service could not be set"
}
