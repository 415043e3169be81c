#!/usr/bin/env bash
# Run kinds of tests (c, fuzz, valgrind, lua, e2e) and end with one line: "N passed, N failed".
# Called by make, which sets BUILD, LUA and PYTHON. TEST_TIMEOUT: seconds one file of tests may take.
#
# Every test counts once. One that began and did not end well failed, whether it said so, crashed or hung. A file that
# ends badly without a failed test, or in which no test passed, is one failure.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
build=$(realpath "${BUILD:-build}") limit=${TEST_TIMEOUT:-600}
export LUA=${LUA:-lua5.4} PYTHON=${PYTHON:-python3} NEAP="$build/neap" BUILD="$build"
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
export LUA_PATH="$PWD/lua/?.lua;$PWD/lua/?/init.lua;$PWD/tests/lua/?.lua;;" LUA_CPATH="$build/lib/?.so;;"
unset LUA_INIT LUA_INIT_5_4 LUA_PATH_5_4 LUA_CPATH_5_4
export ASAN_OPTIONS=${ASAN_OPTIONS-detect_leaks=1:allocator_may_return_null=1} UBSAN_OPTIONS=${UBSAN_OPTIONS-print_stacktrace=1}
# A sanitized module cannot be loaded by a plain interpreter: there neap is the interpreter.
[ "$(basename "$build")" = asan ] && LUA=$NEAP

passed=0 failed=0
out=$(mktemp) err=$(mktemp)
trap 'rm -f "$out" "$err"' EXIT

lines () { grep -cE "$1" "$out"; }

attempt () {  # attempt COMMAND... : into $out and $err, no longer than the limit
  timeout --kill-after=10 "$limit" "$@" </dev/null >"$out" 2>"$err"; status=$?
  [ $status -ne 124 ] && [ $status -ne 137 ] || echo "stopped: took more than $limit seconds, or was killed" >>"$err"
}

tally () {  # tally NAME PASSED FAILED SKIPPED, after attempt
  local bad=$3
  [ "$bad" -eq 0 ] && { [ $status -ne 0 ] || [ "$2" -eq 0 ]; } && bad=1
  passed=$((passed + $2)) failed=$((failed + bad))
  printf '%s  %-28s %4d passed' "$([ "$bad" -eq 0 ] && echo 'ok  ' || echo FAIL)" "$1" "$2"
  [ "$bad" -eq 0 ] || printf ', %d failed' "$bad"
  [ "$4" -eq 0 ] || printf ', %d skipped' "$4"
  echo
  [ "$bad" -eq 0 ] || { cat "$out" "$err"; echo "(exit status $status)"; }
}

run_c () {  # run_c NAME_PREFIX WRAPPER...
  local prefix=$1 source name passes skips; shift
  for source in tests/c/test_*.c; do
    name=$(basename "$source" .c)
    attempt "$@" "$build/tests/$name"
    passes=$(lines '\[       OK \] ') skips=$(lines '\[  SKIPPED \] ')
    tally "$prefix$name" "$passes" $(($(lines '\[ RUN      \] ') - passes - skips)) "$skips"
  done
}

run_fuzz () {  # the corpora, each file a test
  local source name
  for source in tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    attempt "$build/tests/$name" "tests/fuzz/corpus/${name#fuzz_}"
    tally "fuzz/${name#fuzz_}" "$(lines '^ok ')" 0 0
  done
}

run_lua () {  # run_lua FOLDER
  local spec planned passes fails skips kernels
  # What neap chooses for itself, so that its numbers are those of a stock interpreter.
  kernels=$("$NEAP" -e 'print(require("neap.engine").kernels())') && export OPENBLAS_CORETYPE=$kernels
  for spec in tests/"$1"/*_spec.lua; do
    [ -e "$spec" ] || continue
    attempt "$LUA" "$(command -v busted)" -o TAP "$spec"
    fails=$(lines '^not ok [0-9]+ - ') skips=$(lines '^ok [0-9]+ - # SKIP')
    planned=$(sed -nE 's/^1\.\.([0-9]+)$/\1/p' "$out" | tail -n 1)   # the last line, if the tests came to their end
    if [ -n "$planned" ]; then passes=$((planned - fails - skips))
    else
      passes=$(($(lines '^ok [0-9]+ - ') - skips))
      echo "the tests did not come to their end" >>"$err"
      "$LUA" -e "assert(loadfile('$spec'))" 2>>"$err"    # busted does not say where the syntax is wrong
      [ $status -ne 0 ] || status=1
    fi
    tally "$1/$(basename "$spec" _spec.lua)" $passes "$fails" "$skips"
  done
}

for kind in "$@"; do
  case $kind in
    c) run_c c/ ;;
    valgrind) FEW_ROUNDS=1 run_c valgrind/ valgrind -q --leak-check=full --error-exitcode=9 ;;
    fuzz) run_fuzz ;;
    lua | e2e) run_lua "$kind" ;;
    *) echo "run.sh: no kind of test '$kind' (c, fuzz, valgrind, lua, e2e)" >&2; exit 2 ;;
  esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
