#!/usr/bin/env bash
# soak.sh [MINUTES]: what ./check has no time for: simulation with new seeds, real calls over and
# over, and every fuzz target, a third of the time each.
# soak.sh websocket [MINUTES]: 10,000 WebSocket peers coming and going, most of them bad.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

if [[ ${1:-} == websocket ]]; then
  exec python3 tests/interop/websocket/churn.py build/release "${2:-60}"
fi
third=$((${1:-60} * 20))
until_second() { [[ $SECONDS -lt $1 ]]; }

scripts/build.sh fuzz >build/check/soak-build.log 2>&1 || fail "see build/check/soak-build.log"
rounds=0
while until_second "$third"; do
  scripts/simulate.sh
  rounds=$((rounds + 1))
done
say "simulation: $rounds rounds, no failure"
rounds=0
while until_second $((third * 2)); do
  python3 tests/interop/demo.py
  rounds=$((rounds + 1))
done
say "real calls: $rounds rounds, no failure"
scripts/fuzz-all.sh "$third"
say "fuzzing: no failure"
