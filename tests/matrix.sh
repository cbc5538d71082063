#!/bin/sh
# Runs the phases at each fail rate with three seeds, one after another, and says how each went. As the workflow does, on one machine.
set -u
cd "$(dirname "$0")/.." || exit 1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
bad=0
for rate in 0 0.2 0.5; do
  for seed in 1 2 3; do
    if LONGHAUL_FAIL_RATE=$rate LONGHAUL_SEED=$seed NO_COLOR=1 npx vitest run tests/phase1 tests/phase2 tests/phase3 tests/phase4 tests/phase5 >"$log" 2>&1; then
      echo "fail rate $rate, seed $seed: $(sed -n 's/^ *Tests *//p' "$log")"
    else
      bad=1
      cat "$log"
    fi
  done
done
exit "$bad"
