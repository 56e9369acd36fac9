#!/usr/bin/env bash
# sources.sh: lists every C++ file of the tree.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folders=()
for folder in src apps tests fuzz bench examples; do
  [[ -d $folder ]] && folders+=("$folder")
done
find "${folders[@]}" -type f \( -name '*.cpp' -o -name '*.hpp' \) | sort
