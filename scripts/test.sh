#!/usr/bin/env bash
# test.sh PRESET LABELS [CTEST ARGUMENT...]: runs the built tests whose label matches LABELS.
# Results go to build/check/PRESET-results: ctest's summary and one XML file a GoogleTest program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

preset=$1
labels=$2
shift 2
results="$PWD/build/check/$preset-results"
rm -rf "$results"
mkdir -p "$results"
export GTEST_OUTPUT="xml:$results/" GTEST_COLOR=no
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

# The thread sanitizer of g++ 12 cannot live with some kernels' wide address randomisation.
fixed_addresses=()
if [[ $preset == tsan ]] && setarch "$(uname -m)" -R true 2>/dev/null; then
  fixed_addresses=(setarch "$(uname -m)" -R)
fi
politely "${fixed_addresses[@]}" ctest --test-dir "build/$preset" -L "$labels" \
  -j "$(jobs_allowed)" --output-on-failure --no-tests=error \
  --output-junit "$results/ctest.junit" "$@"
