#!/usr/bin/env bash
# fuzz-all.sh SECONDS: every fuzz target in turn, two at a time, SECONDS in all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

mapfile -t targets < <(find build/fuzz/fuzz -maxdepth 1 -type f \
  -name '*_fuzz' -printf '%f\n' | sort)
[[ ${#targets[@]} -gt 0 ]] || fail "no fuzz target is built"
jobs=$(jobs_allowed)
each=$(($1 * jobs / ${#targets[@]}))
[[ $each -gt 0 ]] || each=1
say "${#targets[@]} targets, $each s each, $jobs at a time"
printf '%s\n' "${targets[@]}" | politely xargs -P "$jobs" -I NAME scripts/fuzz.sh NAME "$each"
