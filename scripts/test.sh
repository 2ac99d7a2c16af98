#!/usr/bin/env bash
# Every check there is, in the order of how fast each finds a mistake. Installs what it needs first.
set -euo pipefail
cd "$(dirname "$0")/.."

export PATH="$PWD/.tools/bin:$PATH"
step() { printf '\n== %s (after %d s)\n' "$*" "$SECONDS"; }

step "tools"
scripts/setup-tests.sh

step "formatting"
cargo fmt --all --check

step "infrastructure"
scripts/check-infra.sh

step "web app: types, lint, unit tests"
(
  cd web
  cmp -s package-lock.json node_modules/.installed-lock.json || {
    npm ci --no-audit --no-fund
    cp package-lock.json node_modules/.installed-lock.json
  }
  npm run --silent typecheck
  npm run --silent lint
  npm test --silent
)

step "clippy"
cargo clippy --workspace --all-targets --locked -- --deny warnings

step "bans, licences, sources"
cargo deny --all-features check bans licenses sources

step "unit and integration tests"
if cargo nextest --version > /dev/null 2>&1; then
  scripts/with-mariadb.sh cargo nextest run --workspace --locked
else
  scripts/with-mariadb.sh cargo test --workspace --locked
fi

step "browser tests"
cargo build --locked -p cloud-chat -p lambda -p testbed
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser)}
export CHROMIUM
(cd web && npm run --silent e2e)

step "all green"
