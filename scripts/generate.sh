#!/usr/bin/env bash
# Writes openapi.json from the Rust types, then the web app's types from it. The tests fail when either is stale.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo run --quiet -- openapi > openapi.json.new
mv openapi.json.new openapi.json
cd web
[ -d node_modules ] || npm ci --no-audit --no-fund
npm run --silent generate
