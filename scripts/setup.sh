#!/usr/bin/env bash
# Install the Debian packages that neap needs and that are missing.
#   scripts/setup.sh [build|test|bench|fuzz]...      default: build test
# Instant when nothing is missing. Uses sudo when not root.
set -euo pipefail

build=(gcc make pkg-config libc6-dev lua5.4 liblua5.4-dev libopenblas-dev liblapacke-dev libnlopt-dev libjansson-dev
  libcsv-dev zlib1g-dev lua-argparse lua-luv gnuplot-nox dataset-fashion-mnist)
test=(g++ lua-busted lua-check libcmocka-dev valgrind libasan8 libubsan1 python3 python3-numpy python3-torch)
bench=(python3 python3-numpy python3-scipy python3-sklearn python3-torch python3-pil
  python3-optuna g++ libdlib-dev)
fuzz=(clang libclang-rt-dev)

wanted=()
[ $# -gt 0 ] || set -- build test
for group in "$@"; do
  case $group in
    build) wanted+=("${build[@]}") ;;
    test) wanted+=("${test[@]}") ;;
    bench) wanted+=("${bench[@]}") ;;
    fuzz) wanted+=("${fuzz[@]}") ;;
    *) echo "setup.sh: no group '$group' (build, test, bench, fuzz)" >&2; exit 2 ;;
  esac
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "setup.sh: this is not a Debian system; install what these packages hold: ${wanted[*]}" >&2
  exit 1
fi

installed=" $(dpkg-query -W -f '${Package}:${db:Status-Status} ' "${wanted[@]}" 2>/dev/null || true)"
missing=()
for package in "${wanted[@]}"; do
  [[ $installed == *" $package:installed "* ]] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  # sudo may ask for a password where someone is there to type it.
  if ! command -v sudo >/dev/null || ! { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
    echo "setup.sh: neither root nor sudo: have these Debian packages installed, then try again: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "setup: installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt () { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null >"$log" 2>&1; }
install () { apt install -y --no-install-recommends "${missing[@]}"; }
# The lists of packages are fetched only where the ones that are there do not do.
install || { apt update && install; } || {
  tail -n 5 "$log" >&2
  echo "setup.sh: apt-get could not install: ${missing[*]}" >&2
  exit 1
}
