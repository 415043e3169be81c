#!/usr/bin/env bash
# Install the Debian packages that neap needs and that are missing.
#   scripts/setup.sh [build|test|bench]...      default: build
# Instant when nothing is missing. Uses sudo when not root.
set -euo pipefail

build=(gcc make pkg-config libc6-dev lua5.4 liblua5.4-dev libopenblas-dev liblapacke-dev libnlopt-dev libjansson-dev
  libcsv-dev zlib1g-dev lua-argparse dataset-fashion-mnist)
test=(lua-busted lua-check libcmocka-dev valgrind libasan8 libubsan1)
bench=(python3 python3-numpy python3-scipy python3-sklearn python3-torch)

wanted=()
for group in "${@:-build}"; do
  case $group in
    build) wanted+=("${build[@]}") ;;
    test) wanted+=("${build[@]}" "${test[@]}") ;;
    bench) wanted+=("${build[@]}" "${bench[@]}") ;;
    *) echo "setup.sh: no group '$group' (build, test, bench)" >&2; exit 2 ;;
  esac
done

command -v dpkg-query >/dev/null || {
  echo "setup.sh: this is not a Debian system; install what these packages hold: ${wanted[*]}" >&2; exit 1; }

installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null | awk '$2 == "installed" { print $1 }' || true)
missing=()
for package in "${wanted[@]}"; do
  grep -qxF "$package" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null || ! sudo -v; then
    echo "setup.sh: neither root nor sudo: have these Debian packages installed, then try again: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install () { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; }
install || { "${as_root[@]}" apt-get update >"$log" 2>&1 && install; } || {
  tail -n 5 "$log" >&2
  echo "setup.sh: apt-get could not install: ${missing[*]}" >&2
  exit 1
}
