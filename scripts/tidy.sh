#!/usr/bin/env bash
# tidy.sh: the house rules that a script can judge, and first the proof that it judges them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python3 -m unittest discover -s tests/tidy -p '*_test.py'
python3 tests/tidy/tidy.py .
