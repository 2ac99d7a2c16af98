#!/usr/bin/env bash
# Installs what `make bench-peers` measures Cloud Chat beside: nginx with nchan and ejabberd from Debian, ws and mysql2
# from npm. Safe to run again. What Debian would start at installing is not started.
set -euo pipefail
cd "$(dirname "$0")/.."

missing() {
  [ -e /usr/lib/nginx/modules/ngx_nchan_module.so ] || echo libnginx-mod-nchan
  [ -x /usr/sbin/ejabberdctl ] || echo ejabberd
  [ -x "$(PATH="$PATH:/usr/sbin" command -v mariadbd)" ] || echo mariadb-server-core mariadb-client-core
}

packages=$(missing | xargs)
if [ -n "$packages" ]; then
  as_root=()
  if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2> /dev/null; then
      echo "Install these first, then run this again: apt-get install $packages" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  # Debian asks this file before it starts a service.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy > /dev/null
    "${as_root[@]}" chmod +x $policy
    trap '"${as_root[@]}" rm -f $policy' EXIT
  fi
  "${as_root[@]}" apt-get update -qq
  # shellcheck disable=SC2086  # a list of names
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages > /dev/null
fi

cd bench/peers/node
cmp -s package.json node_modules/.installed.json || {
  npm install --no-package-lock --no-audit --no-fund --silent
  cp package.json node_modules/.installed.json
}
