#!/usr/bin/env bash
# Run kinds of tests (c, valgrind, lua, e2e) and end with one line: "N passed, N failed".
# A test program that dies counts as one failure. Called by make, which sets BUILD and LUA.
set -uo pipefail
cd "$(dirname "$0")/.."
build=$(realpath "${BUILD:-build}") lua=${LUA:-lua5.4}
export NEAP="$build/neap" OPENBLAS_NUM_THREADS=1
export LUA_PATH="$PWD/lua/?.lua;$PWD/lua/?/init.lua;$PWD/tests/lua/?.lua;;" LUA_CPATH="$build/lib/?.so;;"
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

count () {  # count NAME PASSED FAILED EXIT_STATUS
  local ok=${2:-0} bad=${3:-0}
  [ "$4" -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
  [ "$4" -eq 0 ] && [ "$ok" -eq 0 ] && bad=1   # a test program that tested nothing
  passed=$((passed + ok)) failed=$((failed + bad))
  if [ "$bad" -eq 0 ]; then printf 'ok    %-28s %4d passed\n' "$1" "$ok"
  else printf 'FAIL  %-28s %4d passed, %d failed\n' "$1" "$ok" "$bad"; cat "$log"; fi
}

run_c () {  # run_c NAME_PREFIX WRAPPER...
  local prefix=$1; shift
  for test in "$build"/tests/test_*; do
    [ -x "$test" ] || continue
    "$@" "$test" >"$log" 2>&1; local status=$?
    count "$prefix$(basename "$test")" "$(grep -c '^\[       OK' "$log")" "$(grep -c '^\[  FAILED  \] [a-z]' "$log")" $status
  done
}

run_lua () {  # run_lua FOLDER INTERPRETER
  for test in tests/"$1"/*_spec.lua; do
    [ -e "$test" ] || continue
    busted --lua="$2" -o TAP "$test" >"$log" 2>&1; local status=$?
    count "$1/$(basename "$test" _spec.lua)" "$(grep -c '^ok ' "$log")" "$(grep -c '^not ok ' "$log")" $status
  done
}

for kind in "$@"; do
  case $kind in
    c) run_c "c/" ;;
    valgrind) run_c "valgrind/" valgrind -q --leak-check=full --error-exitcode=9 ;;
    # A sanitized module cannot be loaded by a plain interpreter: there neap is the interpreter.
    lua) if [ "$(basename "$build")" = asan ]; then run_lua lua "$NEAP"; else run_lua lua "$lua"; fi ;;
    e2e) run_lua e2e "$lua" ;;
    *) echo "run.sh: no kind of test '$kind' (c, valgrind, lua, e2e)" >&2; exit 2 ;;
  esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
