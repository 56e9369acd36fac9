#!/usr/bin/env bash
# docs.sh [--check]: writes the generated pages, or says which are not what the tree says.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

results=build/check/release-results
if [[ ${1:-} != --check ]]; then
  scripts/test.sh release conformance >build/check/docs-tests.log || {
    tail -n 20 build/check/docs-tests.log
    fail "the conformance tests fail, so there is no page to write"
  }
fi
python3 scripts/conformance.py "$@" "$results"
