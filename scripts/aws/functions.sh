# shellcheck shell=bash
# The two Lambdas: db-init is updated and called, the WebSocket one gets a version that its alias is switched to.

update_code() { # update_code NAME [ARGUMENT...]; prints AWS's answer
  local name=$1 function
  shift
  function=$(function_name "$name")
  # An update that is under way, Terraform's for one, must end first.
  aws lambda wait function-updated-v2 --function-name "$function" || return
  aws lambda update-function-code --function-name "$function" --zip-file "fileb://$PACKAGES/$name.zip" "$@" || return
  aws lambda wait function-updated-v2 --function-name "$function"
}

logs_of_function() { printf 'aws logs tail /aws/lambda/%s --since 30m --region %s' "$(function_name "$1")" "$AWS_REGION"; }

prepare_databases() {
  local result answer
  say "preparing the databases"
  update_code db-init > /dev/null || stop "db-init could not be updated; nothing else was changed"
  result=$(mktemp)
  printf '{}' > "$result.event"
  answer=$(aws lambda invoke --function-name "$(function_name db-init)" --cli-read-timeout 330 \
    --payload "fileb://$result.event" "$result") || answer='{"FunctionError": "not called"}'
  if jq -e '.FunctionError' > /dev/null <<< "$answer"; then
    cat "$result" >&2
    echo >&2
    rm -f "$result" "$result.event"
    stop "db-init failed, so no service was changed. Its log: $(logs_of_function db-init)"
  fi
  rm -f "$result" "$result.event"
}

live_version() {
  aws lambda get-alias --function-name "$(function_name ws)" --name live | jq -r .FunctionVersion
}

point_live_at() { # point_live_at VERSION
  aws lambda update-alias --function-name "$(function_name ws)" --name live --function-version "$1" > /dev/null
}

switch_websocket_lambda() {
  local before version
  say "switching the WebSocket Lambda"
  before=$(live_version) || fail "the WebSocket Lambda's version is unknown"
  version=$(update_code ws --publish | jq -r .Version) || fail "the WebSocket Lambda could not be updated. Its log: $(logs_of_function ws)"
  [ "$version" != "$before" ] || return 0
  undo_with "point_live_at $before"
  point_live_at "$version" || fail "the WebSocket Lambda could not be switched to version $version"
}
