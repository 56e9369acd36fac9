#!/usr/bin/env bash
# Two network namespaces with a bad network between them.
#
#   netns.sh up   NAME RELAY [relay options]     NAME-a has 10.77.0.1 and fd77::1,
#                                                NAME-b has 10.77.0.2 and fd77::2
#   netns.sh down NAME                           prints the relay's counters
#   netns.sh run  NAME RELAY [options] -- COMMAND...   up, COMMAND, down, with COMMAND's exit
#                     code; it sees NETNS_A, NETNS_B, ADDRESS_A and ADDRESS_B
#
# RELAY is the relay's program; its options: --loss --delay --jitter --duplicate --reorder --seed
# `ip netns exec NAME-a COMMAND` runs something in one of them. Needs root.
set -Eeuo pipefail

usage() {
  sed -n '2,11s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

state_of() { printf '%s/strowger-netns-%s' "${TMPDIR:-/tmp}" "$1"; }

# make_end NAME SIDE OWN_NUMBER OTHER_NUMBER: namespace NAME-SIDE, its veth end `net0`; the other
# end lies in NAME-mid. Neighbours are fixed, so that no ARP or neighbour discovery has to get
# through.
make_end() {
  local namespace="$1-$2" own="$3" other="$4"
  ip netns add "$namespace"
  ip link add "mid$2" netns "$1-mid" address "02:00:00:00:01:0$own" type veth \
    peer name net0 netns "$namespace" address "02:00:00:00:00:0$own"
  ip -n "$1-mid" link set "mid$2" promisc on up
  ip -n "$namespace" link set lo up
  # One segment a frame: what is lost is a packet, not a train of them.
  ip -n "$namespace" link set net0 gso_max_segs 1 up
  ip -n "$namespace" address add "10.77.0.$own/24" dev net0
  ip -n "$namespace" address add "fd77::$own/64" dev net0 nodad
  ip -n "$namespace" neighbour add "10.77.0.$other" dev net0 lladdr "02:00:00:00:00:0$other"
  ip -n "$namespace" neighbour add "fd77::$other" dev net0 lladdr "02:00:00:00:00:0$other"
}

start_relay() {
  local name="$1" relay="$2" state
  state="$(state_of "$name")"
  shift 2
  ip netns exec "$name-mid" "$relay" frames --left mida --right midb "$@" \
    >"$state/relay.log" 2>&1 </dev/null &
  printf '%s\n' "$!" >"$state/relay.pid"
  for _ in $(seq 100); do
    grep -q '^ready' "$state/relay.log" && return
    kill -0 "$!" 2>/dev/null || break
    sleep 0.05
  done
  cat "$state/relay.log" >&2
  return 1
}

up() {
  [[ $# -ge 2 ]] || usage
  local name="$1"
  if ! mkdir "$(state_of "$name")" 2>/dev/null; then
    printf 'netns.sh: %s is up already (netns.sh down %s)\n' "$name" "$name" >&2
    exit 1
  fi
  # shellcheck disable=SC2064  # the name as it is now
  trap "down '$name' >&2" ERR
  ip netns add "$name-mid"
  make_end "$name" a 1 2
  make_end "$name" b 2 1
  start_relay "$@"
  trap - ERR
}

down() {
  [[ $# -eq 1 ]] || usage
  local name="$1" state pid
  state="$(state_of "$name")"
  if [[ -f "$state/relay.pid" ]]; then
    pid="$(<"$state/relay.pid")"
    if kill "$pid" 2>/dev/null; then
      while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
    fi
    grep '^{' "$state/relay.log" || true
  fi
  for side in a b mid; do
    if [[ -e "/run/netns/$name-$side" ]]; then
      ip netns delete "$name-$side"
    fi
  done
  rm -rf "$state"
}

run() {
  local name="${1:-}" arguments=()
  while [[ $# -gt 0 && "$1" != -- ]]; do
    arguments+=("$1")
    shift
  done
  [[ $# -ge 2 ]] || usage
  shift
  up "${arguments[@]}"
  # shellcheck disable=SC2064  # the name as it is now
  trap "down '$name'" EXIT
  NETNS_A="$name-a" NETNS_B="$name-b" ADDRESS_A=10.77.0.1 ADDRESS_B=10.77.0.2 "$@"
}

case "${1:-}" in
  up | down | run) "$@" ;;
  *) usage ;;
esac
