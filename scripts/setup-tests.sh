#!/usr/bin/env bash
# Installs what the tests need and is not there yet: Debian packages (as root or with sudo), Python tools and
# cargo-deny in .tools. Safe to run again; the second time it does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '== %s\n' "$*"; }

need_command() { # need_command NAME HINT
  command -v "$1" > /dev/null || { echo "$1 is missing: $2" >&2; exit 1; }
}

has_font() { # has_font PATTERN; reads to the end, since a closed pipe would be a failure
  [ -n "$(fc-list 2> /dev/null | grep -iE "$1")" ]
}

# A package is listed by what it brings, so that a machine that has it from elsewhere is left alone.
missing_packages() {
  command -v chromium > /dev/null || echo chromium
  command -v cc > /dev/null || echo build-essential
  command -v make > /dev/null || echo make
  [ -x "$(PATH="$PATH:/usr/sbin" command -v mariadbd)" ] || echo mariadb-server-core mariadb-client-core
  command -v mariadb-dump > /dev/null || echo mariadb-client
  [ -x "$(PATH="$PATH:/usr/sbin" command -v nats-server)" ] || echo nats-server
  [ -x "$(PATH="$PATH:/usr/sbin" command -v nginx)" ] || echo nginx-light
  command -v caddy > /dev/null || echo caddy
  python3 -c 'import ensurepip, venv' 2> /dev/null || echo python3-venv
  command -v systemd-analyze > /dev/null || echo systemd
  for command in jq shellcheck zip; do
    command -v "$command" > /dev/null || echo "$command"
  done
  has_font 'noto.*emoji' || echo fonts-noto-color-emoji fontconfig
  has_font 'noto ?sans' || echo fonts-noto-core
}

install_packages() {
  local packages
  packages=$(missing_packages | xargs)
  [ -n "$packages" ] || return 0
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2> /dev/null; then
      echo "Install these first, then run this again: apt-get install $packages" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  say "installing $packages"
  "${as_root[@]}" apt-get update -qq
  # shellcheck disable=SC2086  # a list of names
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages > /dev/null
}

install_python() { # install_python FOLDER REQUIREMENTS
  cmp -s "$2" "$1/installed.txt" && return 0
  say "installing Python tools into $1"
  python3 -m venv "$1"
  "$1/bin/pip" install --quiet --requirement "$2"
  cp "$2" "$1/installed.txt"
}

install_python_tools() {
  install_python .tools/venv scripts/test-requirements.txt
  command -v terraform > /dev/null || return 0
  # On their own: it asks for older versions of what the others need.
  install_python .tools/checkov scripts/scanner-requirements.txt
  local standins
  standins=$(git rev-parse --path-format=absolute --git-common-dir 2> /dev/null || echo .git)/../../shared/tools/terraform/requirements.txt
  [ ! -f "$standins" ] || install_python .tools/standins "$standins"
}

install_cargo_deny() {
  local version=0.20.2
  if command -v cargo-deny > /dev/null || [ -x .tools/bin/cargo-deny ]; then return 0; fi
  say "building cargo-deny $version into .tools/bin (a few minutes, once)"
  cargo install --quiet --locked --root .tools --target-dir target/tools "cargo-deny@$version"
  rm -rf target/tools
}

# Checks Prometheus's rules. Out of Debian's package, of which the rest is a server that would be started.
install_promtool() {
  if command -v promtool > /dev/null || [ -x .tools/bin/promtool ]; then return 0; fi
  say "fetching promtool into .tools/bin"
  local folder
  folder=$(mktemp -d)
  (
    cd "$folder"
    apt-get -qq download prometheus 2> /dev/null || {
      echo "promtool is missing: install it from https://prometheus.io/download" >&2
      exit 1
    }
    dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool
  )
  mkdir -p .tools/bin
  mv "$folder/usr/bin/promtool" .tools/bin/
  rm -r "$folder"
}

# DynamoDB's API for tests.
install_dynalite() {
  local version=4.0.0 installed=.tools/node/node_modules/dynalite/package.json
  grep -qs "\"version\": \"$version\"" "$installed" && return 0
  say "installing dynalite $version into .tools/node"
  npm install --silent --no-audit --no-fund --no-save --prefix .tools/node "dynalite@$version"
}

need_command cargo "install Rust 1.95 or newer from https://rustup.rs"
need_command npm "install Node.js 20.19 or newer"
install_packages
install_python_tools
install_cargo_deny
install_promtool
install_dynalite
