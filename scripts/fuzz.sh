#!/usr/bin/env bash
# Fuzzing that follows coverage: every target of crates/fuzz by libFuzzer, on stable Rust, beginning with its kept corpus.
# What it reaches besides is left in target/fuzzing/TARGET, what fails in target/fuzzing/TARGET-crash-….
#   scripts/fuzz.sh [SECONDS [TARGET…]]     each target for so long, 60 if nothing is said
#   KEEP=40 scripts/fuzz.sh …               so many of what reached most besides are added to the kept corpus
set -euo pipefail
cd "$(dirname "$0")/.."

for_seconds=${1:-60}
shift || true
host=$(rustc -vV | sed -n 's/^host: //p')
programs=target/$host/fuzz
command -v c++ > /dev/null || { echo "a C++ compiler is missing: apt-get install build-essential" >&2; exit 1; }

# What `cargo fuzz` has the compiler do without a sanitizer; with --target, so that build scripts and macros are left out.
instrument=(-Cpasses=sancov-module)
for option in level=4 inline-8bit-counters pc-table trace-compares; do
  instrument+=("-Cllvm-args=-sanitizer-coverage-$option")
done
RUSTFLAGS="${instrument[*]}" \
  cargo build --locked --profile fuzz --target "$host" --package fuzz --features libfuzzer --bins

keep() { # keep TARGET COUNT; a merge writes what adds most first
  local target=$1 count=$2 kept=crates/fuzz/corpus/$1 merged name
  merged=$(mktemp -d)
  cp "$kept"/* "$merged"
  "$programs/$target" -use_counters=0 -set_cover_merge=1 "$merged" "target/fuzzing/$target"
  ls -tr "$merged" | while read -r name; do
    if [ "$count" -gt 0 ] && [ ! -e "$kept/$name" ]; then
      cp "$merged/$name" "$kept"
      count=$((count - 1))
    fi
  done
  rm -r "$merged"
}

targets=("$@")
if [ ${#targets[@]} = 0 ]; then
  for source in crates/fuzz/fuzz_targets/*.rs; do targets+=("$(basename "$source" .rs)"); done
fi
failed=()
for target in "${targets[@]}"; do
  found=target/fuzzing/$target kept=crates/fuzz/corpus/$target
  mkdir -p "$found"
  printf '\n== %s, %s s\n' "$target" "$for_seconds"
  "$programs/$target" "$found" "$kept" -max_total_time="$for_seconds" -timeout=10 \
    -rss_limit_mb=1024 -artifact_prefix="$found-" -verbosity=0 -print_final_stats=1 || failed+=("$target")
  [ -z "${KEEP:-}" ] || keep "$target" "$KEEP"
done
if [ ${#failed[@]} != 0 ]; then
  echo "these failed: ${failed[*]}; for one input again: $programs/TARGET target/fuzzing/TARGET-crash-…" >&2
  exit 1
fi
