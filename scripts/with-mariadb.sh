#!/usr/bin/env bash
# Runs a command beside a MariaDB server of its own, which TEST_MYSQL_URL names; server and data are gone afterwards.
#   scripts/with-mariadb.sh cargo nextest run -p chat
# The tests themselves use it to prepare a folder and to serve it: with-mariadb.sh prepare DIR, … serve DIR PORT [OPTION…];
# benchmarks serve it with the server's own defaults: with-mariadb.sh serve-plain DIR PORT.
set -euo pipefail
export PATH="$PATH:/usr/sbin"

serve-plain() { # serve-plain DIR PORT [OPTION…]
  exec mariadbd --no-defaults --user="$(id -un)" --datadir="$1/data" --tmpdir="$1/tmp" --socket="$1/socket" \
    --pid-file="$1/pid" --bind-address=127.0.0.1 --port="$2" --log-error="$1/log.err" "${@:3}"
}

# What the product must not depend on is set as unlike it as can be: character set, time zone, leniency, isolation,
# the steps between ids.
serve() { # serve DIR PORT [OPTION…]
  serve-plain "$1" "$2" --skip-name-resolve --max-connections=400 --max-allowed-packet=16M \
    --innodb-buffer-pool-size=64M --innodb-log-file-size=32M --innodb-flush-log-at-trx-commit=1 \
    --character-set-server=latin1 --collation-server=latin1_swedish_ci --default-time-zone=+05:00 \
    --auto-increment-increment=3 --sql-mode= --transaction-isolation=SERIALIZABLE "${@:3}"
}

# A folder for temporary files each: a server that starts deletes what it finds there.
prepare() { # prepare DIR
  mkdir "$1/tmp"
  TMPDIR="$1/tmp" mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$1/data" --innodb-log-file-size=32M \
    --auth-root-authentication-method=normal --skip-test-db > "$1/install.log" 2>&1 || { cat "$1/install.log" >&2; return 1; }
}

case "${1:-}" in
  prepare) prepare "$2"; exit ;;
  serve | serve-plain) "$@" ;;
esac

command -v mariadbd > /dev/null || { echo "mariadbd is missing: run scripts/setup-tests.sh" >&2; exit 1; }
dir=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || { kill -KILL "$server" 2> /dev/null && wait "$server" 2> /dev/null || true; }
  rm -rf "$dir"
}
trap finish EXIT
prepare "$dir"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
(serve "$dir" "$port") > "$dir/out" 2>&1 &
server=$!
for _ in $(seq 300); do
  mariadb --no-defaults --socket="$dir/socket" --user=root --execute='DO 1' 2> /dev/null && break
  kill -0 "$server" 2> /dev/null || { cat "$dir/log.err" "$dir/out" >&2; exit 1; }
  sleep 0.1
done
TEST_MYSQL_URL="mysql://root@127.0.0.1:$port" "$@"
