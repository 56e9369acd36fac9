#!/usr/bin/env bash
# fuzz.sh NAME SECONDS: replays the committed corpus of a fuzz target, then fuzzes it that long.
# NAME is LIBRARY_NAME as in build/fuzz/fuzz/LIBRARY_NAME_fuzz. New inputs stay in
# build/fuzz/found/NAME; an input that breaks something is left in build/fuzz/crashes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

name=${1%_fuzz}
seconds=$2
program=build/fuzz/fuzz/${name}_fuzz
[[ -x $program ]] || fail "there is no fuzz target $name; these are built: \
$(find build/fuzz/fuzz -maxdepth 1 -name '*_fuzz' -printf '%f ' 2>/dev/null)"
found=build/fuzz/found/$name
mkdir -p "$found" build/fuzz/crashes

corpora=()
for folder in fuzz/*/*_corpus fuzz/*/*/*_corpus; do
  [[ -d $folder ]] || continue
  flat=${folder#fuzz/}
  [[ ${flat//\//_} == "${name}_corpus" ]] && corpora+=("$folder")
done
limits=(-artifact_prefix=build/fuzz/crashes/"$name"- -timeout=10 -rss_limit_mb=2048)
if [[ ${#corpora[@]} -gt 0 ]]; then
  "$program" "${limits[@]}" -runs=0 "${corpora[@]}"
fi
if [[ $seconds -gt 0 ]]; then
  "$program" "${limits[@]}" -max_total_time="$seconds" -print_final_stats=1 "$found" "${corpora[@]}"
fi
