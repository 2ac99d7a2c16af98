# shellcheck shell=bash
# What was changed is written down before it is, and undone in reverse when a later step fails: one revision is up at
# the end, the old or the new one. The databases stay as they are: the old revision runs on the new schema.

UNDO=()

undo_with() { UNDO+=("$1"); }

fail() { # fail WHY
  local index
  printf 'deploy-aws: %s\n' "$1" >&2
  if [ ${#UNDO[@]} = 0 ]; then
    stop "nothing was changed"
  fi
  printf '== rolling back\n' >&2
  for ((index = ${#UNDO[@]} - 1; index >= 0; index--)); do
    printf '   %s\n' "${UNDO[index]}" >&2
    # shellcheck disable=SC2086  # a command and its words
    ${UNDO[index]} || printf 'deploy-aws: this did not work: %s; look at it in the console\n' "${UNDO[index]}" >&2
  done
  stop "rolled back; correct it and run this again"
}
