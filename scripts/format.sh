#!/usr/bin/env bash
# format.sh [--check]: brings every C++ file into the house's format, or says which are not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

mode=(-i)
[[ ${1:-} == --check ]] && mode=(--dry-run --Werror)
scripts/sources.sh | politely xargs -P "$(jobs_allowed)" -n 32 clang-format-14 "${mode[@]}"
