#!/bin/sh
# Writes .env from .env.example with a random secret for every value that is empty there. Never touches one that exists.
#   scripts/make-env.sh [FILE]
set -eu
example=$(dirname "$0")/../.env.example
target=${1:-$(dirname "$0")/../.env}

secret() { # 32 random bytes, hex
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

# Only its owner reads it, from the first byte on; a name that is taken is left alone, a link too.
umask 077
set -C
if ! true 2> /dev/null > "$target"; then
  echo "$target exists or cannot be written; it was left as it is" >&2
  exit 1
fi
set +C
while IFS= read -r line; do
  case $line in
    '#'*) ;;
    *=) line=$line$(secret) ;;
  esac
  printf '%s\n' "$line"
done < "$example" > "$target"
echo "wrote $target"
