#!/bin/sh
# Writes nginx's configuration from the environment and becomes nginx. In a container, or anywhere that nginx is:
#   RUN_DIR=/tmp/way-in WEB_ROOT=web/dist PORT=8080 AUTH_NODES=127.0.0.1:5002 CHAT_NODES=127.0.0.1:5001 \
#     WS_NODES=127.0.0.1:4001,127.0.0.1:4002 deploy/nginx/start.sh
set -eu

refuse() { # refuse NAME MUST
  echo "cloud-chat frontend: $1 $2" >&2
  exit 1
}

# ---- what it is told; an empty variable is one that is not set
# Where it keeps what it writes, and the app.
RUN_DIR=${RUN_DIR:-/tmp/nginx}
WEB_ROOT=${WEB_ROOT:-/srv/web}
ACCESS_LOG=${ACCESS_LOG:-/dev/stdout}
# Where it listens: the app with everything behind it, and, where a port is given, each service alone.
HOST=${HOST:-0.0.0.0}
PORT=${PORT:-80}
AUTH_PORT=${AUTH_PORT:-}
CHAT_PORT=${CHAT_PORT:-}
WS_PORT=${WS_PORT:-}
# The services: a name that stands for any number of them, or a list of addresses.
AUTH_NODES=${AUTH_NODES:-auth-service:5000}
CHAT_NODES=${CHAT_NODES:-chat-service:5000}
WS_NODES=${WS_NODES:-ws-service:4001}
# Who knows the names.
RESOLVER=${RESOLVER:-$(sed -n 's/^nameserver  *\([0-9.]*\)$/\1/p' /etc/resolv.conf 2> /dev/null | head -n 1)}
RESOLVER=${RESOLVER:-127.0.0.11}
# Address ranges of proxies in front of this one, whose X-Forwarded-For and -Proto count.
TRUSTED_PROXIES=${TRUSTED_PROXIES:-}
# For the app: where the API and the WebSocket are, when not on the same origin.
API_BASE_URL=${API_BASE_URL:-}
WS_ENDPOINT=${WS_ENDPOINT:-}

for name in RUN_DIR WEB_ROOT ACCESS_LOG HOST PORT AUTH_PORT CHAT_PORT WS_PORT AUTH_NODES CHAT_NODES WS_NODES RESOLVER \
  TRUSTED_PROXIES API_BASE_URL WS_ENDPOINT; do
  eval "value=\$$name"
  case $value in
    *[!A-Za-z0-9:/.,_~%?=+@-]*) refuse "$name" "has a character that it cannot have: $value" ;;
  esac
done
case $API_BASE_URL in
  '' | http://?* | https://?*) ;;
  *) refuse API_BASE_URL "must be an http address, such as https://api.example.org, or empty for the same origin" ;;
esac
case $WS_ENDPOINT in
  '' | ws://?* | wss://?*) ;;
  *) refuse WS_ENDPOINT "must be a WebSocket address, such as wss://ws.example.org/ws, or empty for /ws of the same origin" ;;
esac
for name in AUTH_NODES CHAT_NODES WS_NODES; do
  eval "value=\$$name"
  case $value in
    *:[0-9]*) ;;
    *) refuse "$name" "must be a name or addresses with a port, such as auth-service:5000 or 10.0.0.1:5000,10.0.0.2:5000" ;;
  esac
done
[ -f "$WEB_ROOT/index.html" ] || refuse WEB_ROOT "must be the folder of the built web app: $WEB_ROOT has no index.html"

# ---- what nginx is told
words() { echo "$1" | tr ',' ' '; }

# A list becomes a group of nginx's, under a name of its own: node_list NAME NODES
node_list() {
  servers=
  for node in $(words "$2"); do servers="$servers server $node max_fails=1 fail_timeout=2s;"; done
  echo "upstream $1 {$servers }"
}
NODE_LISTS=
group() { # group NAME NODES; sets $nodes
  nodes=$2
  case $2 in
    *,*) nodes=$1; NODE_LISTS="$NODE_LISTS $(node_list "$1" "$2")" ;;
  esac
}
group auth_list "$AUTH_NODES"; AUTH_NODES=$nodes
group chat_list "$CHAT_NODES"; CHAT_NODES=$nodes
group ws_list "$WS_NODES"; WS_NODES=$nodes

REAL_IP_FROM=
FORWARDED_FROM=
for range in $(words "$TRUSTED_PROXIES"); do
  REAL_IP_FROM="$REAL_IP_FROM set_real_ip_from $range;"
  FORWARDED_FROM="$FORWARDED_FROM $range 1;"
done

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$RUN_DIR/services"
RUN_DIR=$(cd "$RUN_DIR" && pwd)
WEB_ROOT=$(cd "$WEB_ROOT" && pwd)
rm -f "$RUN_DIR"/services/*.conf
cp "$here/guards.conf" "$RUN_DIR/"
printf 'window.ENV = {"API_BASE_URL":"%s","WS_ENDPOINT":"%s"};\n' "$API_BASE_URL" "$WS_ENDPOINT" > "$RUN_DIR/env.js"

fill() { # fill TEMPLATE > FILE
  script=
  for name in RUN_DIR WEB_ROOT ACCESS_LOG HOST PORT AUTH_NODES CHAT_NODES WS_NODES NODE_LISTS RESOLVER REAL_IP_FROM \
    FORWARDED_FROM SERVICE_PORT SERVICE_NODES; do
    eval "value=\$$name"
    script="$script;s|\${$name}|$value|g"
  done
  sed "$script" "$1"
}
service() { # service PORT NODES
  SERVICE_PORT=$1
  SERVICE_NODES=$2
  [ -z "$1" ] || fill "$here/service.conf" > "$RUN_DIR/services/$1.conf"
}
service "$AUTH_PORT" "$AUTH_NODES"
service "$CHAT_PORT" "$CHAT_NODES"
service "$WS_PORT" "$WS_NODES"
fill "$here/nginx.conf" > "$RUN_DIR/nginx.conf"

PATH=$PATH:/usr/sbin
exec nginx -e stderr -p "$RUN_DIR" -c "$RUN_DIR/nginx.conf" "$@"
