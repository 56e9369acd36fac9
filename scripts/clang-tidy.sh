#!/usr/bin/env bash
# clang-tidy.sh [PATH_PART...]: clang-tidy over what the release build compiles, cached by content.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

[[ -f build/release/compile_commands.json ]] || scripts/build.sh release
python3 scripts/tidy-cache.py build/release --jobs "$(jobs_allowed)" "$@"
