# shellcheck shell=bash
# The stage runner of ./check; sourced. A stage that runs over its budget says so and passes:
# budgets are for people who watch the time, machines differ.

check_logs=build/check
check_begin=$SECONDS
chosen_stages=()
stages_run=0

choose_stages() {
  chosen_stages=("$@")
  mkdir -p "$check_logs"
}

is_chosen() {
  local name
  [[ ${#chosen_stages[@]} -eq 0 ]] && return 0
  for name in "${chosen_stages[@]}"; do
    [[ $name == "$1" ]] && return 0
  done
  return 1
}

# stage NAME BUDGET_SECONDS COMMAND...
stage() {
  local name=$1 budget=$2 log="$check_logs/$1.log" begin=$SECONDS note=''
  shift 2
  is_chosen "$name" || return 0
  stages_run=$((stages_run + 1))
  printf '%-14s ' "$name"
  if ! "$@" >"$log" 2>&1; then
    printf 'FAILED after %d s\n\n' $((SECONDS - begin))
    tail -n 40 "$log"
    printf '\ncheck: stage %s failed; all of its output is in %s\n' "$name" "$log" >&2
    exit 1
  fi
  [[ $((SECONDS - begin)) -gt $budget ]] && note='  over budget'
  printf 'ok  %4d s of %d s%s\n' $((SECONDS - begin)) "$budget" "$note"
}

finish_stages() {
  [[ $stages_run -gt 0 ]] || fail "no stage is called ${chosen_stages[*]}: see the list in ./check"
  printf '%-14s ok  %4d s\n' "all" $((SECONDS - check_begin))
}
