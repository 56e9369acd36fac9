#!/usr/bin/env bash
# threaded.sh build|test: the libraries that have threads, under the thread sanitizer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

threaded=(base rt rt/log io timing media tdm websocket_server database exchange)
programs=()
for library in "${threaded[@]}"; do
  compgen -G "src/$library/*_test.cpp" >/dev/null && programs+=("strowger_${library//\//_}_test")
done
case $1 in
  build) scripts/build.sh tsan "${programs[@]}" ;;
  test) scripts/test.sh tsan unit -R "^($(IFS='|' && echo "${programs[*]}"))\$" ;;
  *) fail "threaded.sh wants build or test" ;;
esac
