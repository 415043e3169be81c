#!/usr/bin/env bash
# Fuzz each target for FUZZ_SECONDS, one after the other: run.sh TARGET...; called by `make fuzz`.
# What libFuzzer finds of interest is kept in $BUILD/corpus, to go on from the next time; an input that breaks a promise stands
# in $BUILD/findings, to be kept in tests/fuzz/corpus once it is mended.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 2
build=$(realpath "${BUILD:-build/libfuzzer}") seconds=${FUZZ_SECONDS:-3600} found=0
export ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=1
for target in "$@"; do
  mkdir -p "$build/corpus/$target" "$build/findings"
  log="$build/findings/$target.log"
  "$build/tests/fuzz_$target" -max_total_time="$seconds" -timeout=10 -print_final_stats=1 -artifact_prefix="$build/findings/$target-" \
    "$build/corpus/$target" "tests/fuzz/corpus/$target" >"$log" 2>&1
  status=$?
  runs=$(sed -nE 's/^Done ([0-9]+) runs in ([0-9]+) second.*/\1 inputs in \2 seconds/p' "$log")
  if [ $status -eq 0 ]; then echo "fuzz: $target: nothing found, ${runs:-?}"
  else found=1; echo "fuzz: $target: a finding; see $log"; tail -n 25 "$log"; fi
done
exit $found
