#!/usr/bin/env bash
# build.sh PRESET [TARGET...]: configures and builds a preset of CMakePresets.json.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

preset=$1
mkdir -p build
shift
cmake --preset "$preset" -Wno-dev >"build/$preset.configure.log" 2>&1 || {
  cat "build/$preset.configure.log"
  fail "configuring $preset failed"
}
politely ninja -C "build/$preset" -j "$(jobs_allowed)" "$@"
