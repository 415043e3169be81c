#!/usr/bin/env bash
# Run every tests/bench/*.py: each measures neap and a peer in the same run, one thread each, and prints a line for each
# pair: what, neap's time, the peer's, and their ratio; below 1 neap is quicker. With arguments, run these files instead.
# Called by make, which sets BUILD, LUA and PYTHON.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 2
build=$(realpath "${BUILD:-build}")
export LUA=${LUA:-lua5.4} NEAP="$build/neap" OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
export LUA_PATH="$PWD/lua/?.lua;$PWD/lua/?/init.lua;;" LUA_CPATH="$build/lib/?.so;;"
unset LUA_INIT LUA_INIT_5_4 LUA_PATH_5_4 LUA_CPATH_5_4
# The kernels that neap chooses for itself where OpenBLAS does not know the processor: for the peers that use it, too.
kernels=$("$NEAP" -e 'print(require("neap.engine").kernels())') && export OPENBLAS_CORETYPE=$kernels
python=${PYTHON:-python3}

missing=()
for module in numpy scipy sklearn torch optuna; do
  "$python" -c "import $module" 2>/dev/null || missing+=("$module")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "bench: $python lacks ${missing[*]}: run scripts/setup.sh bench, or name another interpreter with PYTHON=" >&2
  exit 1
fi

failed=0
for bench in "$@"; do
  "$python" "$bench" || { echo "bench: $bench failed" >&2; failed=1; }
done
[ $# -eq 0 ] || exit $failed
printf '%-44s %-17s   %-28s   %s\n' what "neap's time" "the peer's time" "neap's over the peer's"
for bench in tests/bench/*.py; do
  [ -e "$bench" ] || { echo "bench: tests/bench holds no *.py" >&2; exit 1; }
  "$python" "$bench" || { echo "bench: $bench failed" >&2; failed=1; }
done
exit $failed
