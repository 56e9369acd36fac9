#!/usr/bin/env bash
# models.sh: runs the model checker spin over docs/models. Each model must hold, and each of its
# broken variants must be found to fail.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

models="$PWD/docs/models"
work="$PWD/build/models"

# verify MODEL [-DVARIANT]: the verdict of an exhaustive search, in build/models/MODEL-VARIANT.log.
verify() {
  local model=$1 variant=${2:-} folder
  folder="$work/$model$variant"
  rm -rf "$folder"
  mkdir -p "$folder"
  (
    cd "$folder"
    spin ${variant:+"$variant"} -a "$models/$model.pml"
    cc -O2 -w -DSAFETY -DNOREDUCE -o pan pan.c
    ./pan -m1000000 -w22
  ) >"$folder.log" 2>&1
  # A search that was cut short proves nothing.
  if grep -q 'max search depth too small\|out of memory' "$folder.log"; then
    fail "$model $variant: the search was cut short, see $folder.log"
  fi
}

holds() {
  verify "$1"
  grep -q 'errors: 0$' "$work/$1.log" || fail "$1 does not hold: see $work/$1.log"
  say "$1: holds, $(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' "$work/$1.log") states"
}

# fails MODEL VARIANT WHAT: the search must end with the failure expected.
fails() {
  verify "$1" "-D$2"
  grep -q "pan:1: $3" "$work/$1-D$2.log" || fail "$1 -D$2 was not found to fail with '$3'"
  say "$1 -D$2: found ($3)"
}

command -v spin >/dev/null || fail "spin is not installed: see packaging/debian-packages.txt"
holds fifo
fails fifo NO_LAST_LOOK 'invalid end state'
fails fifo CACHED_LOOK 'invalid end state'
fails fifo PLAIN_FLAG 'invalid end state'
fails fifo EARLY_TAIL 'assertion violated'
holds signals
fails signals DIRECT 'invalid end state'
holds tdm_commands_events
# Its variant DEAF_OUTBOX takes minutes: see the head of the model.
fails tdm_commands_events LOCKED_EVENTS 'invalid end state'
fails tdm_commands_events BLOCKING_PUSH 'invalid end state'
fails tdm_commands_events NO_COUNT 'assertion violated'
