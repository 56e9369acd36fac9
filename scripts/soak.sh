#!/usr/bin/env bash
# soak.sh [MINUTES]: what ./check has no time for: simulation with new seeds, real calls over and
# over, and every fuzz target, a third of the time each.
# soak.sh tdm: a million calls of the tdm library, by 8 threads at once, with a new seed.
# soak.sh links [SECONDS]: two exchanges' signalling links in bad weather (an hour unless told), and
# what a link must survive.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

if [[ ${1:-} == tdm ]]; then
  seed=${STROWGER_TDM_SEED:-$RANDOM}
  say "tdm: 1000000 calls, seed $seed"
  STROWGER_TDM_CALLS=1000000 STROWGER_TDM_SEED=$seed \
    build/release/src/tdm/strowger_tdm_test --gtest_filter='Stress.eight*'
  exit
fi

if [[ ${1:-} == links ]]; then
  python3 tests/interop/links_survive.py
  exec python3 tests/interop/links.py --seconds "${2:-3600}"
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
