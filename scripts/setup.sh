#!/usr/bin/env bash
# Brings a Debian 12 machine to where the tree builds, tests and runs: installs what is missing of
# packaging/debian-packages.txt and makes the prompts. Quick when there is nothing to do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

missing_packages() {
  local -a wanted
  mapfile -t wanted < <(sed -e 's/#.*//' -e 's/[[:space:]]*$//' packaging/debian-packages.txt |
    grep .)
  comm -13 \
    <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
      sed -n 's/^installed //p' | sort -u) \
    <(printf '%s\n' "${wanted[@]}" | sort -u)
}

install_missing() {
  local -a missing
  mapfile -t missing < <(missing_packages)
  [[ ${#missing[@]} -eq 0 ]] && return 0
  if [[ $(id -u) -ne 0 ]]; then
    fail "these Debian packages are missing: ${missing[*]}
Install them with:  sudo apt-get install --no-install-recommends ${missing[*]}"
  fi
  say "installing ${#missing[@]} packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -q -y --no-install-recommends "${missing[@]}"
}

command -v dpkg-query >/dev/null || fail "this set-up knows Debian 12; elsewhere install what \
packaging/debian-packages.txt names and build: cmake --preset release && ninja -C build/release"
install_missing
scripts/make-sounds build/sounds
