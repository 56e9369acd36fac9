# shellcheck shell=bash
# What every script of the house shares; sourced from the top of the tree.

# Builds in another folder share the compiler cache: paths are taken relative to the tree.
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
export LC_ALL=C.UTF-8

say() { printf '%s\n' "$*"; }

fail() {
  printf 'strowger: %s\n' "$*" >&2
  exit 1
}

jobs_allowed() { nproc; }

# Runs a command at low priority, so that a desk stays usable while it builds.
politely() { nice -n 10 "$@"; }
