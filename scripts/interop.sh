#!/usr/bin/env bash
# interop.sh: real peers against the release build; needs root for the capture on loopback.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

for program in sipp baresip sip-options tshark dumpcap; do
  command -v "$program" >/dev/null || fail "$program is not installed: run scripts/setup.sh as root"
done
python3 tests/interop/interop.py
python3 tests/interop/timing.py
python3 tests/interop/links.py
python3 tests/interop/websocket/interop.py build/release
