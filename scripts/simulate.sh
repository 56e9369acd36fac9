#!/usr/bin/env bash
# simulate.sh [--seed N] [--rounds N]: the simulation tests with a seed of your own. Without one,
# every round takes a new seed; a failure prints the command that repeats it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

seed='' rounds=1
while [[ $# -gt 0 ]]; do
  case $1 in
    --seed) seed=$2 ;;
    --rounds) rounds=$2 ;;
    *) fail "usage: ./run sim [--seed N] [--rounds N]" ;;
  esac
  shift 2
done
for ((round = 1; round <= rounds; ++round)); do
  this=${seed:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
  say "simulation, seed $this"
  STROWGER_SEED=$this build/release/tests/simulation --gtest_brief=1 ||
    fail "failed; repeat it with: ./run sim --seed $this"
done
