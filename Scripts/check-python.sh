#!/bin/sh
# Tests the C interface with C programs, and the Python package as it is installed from its wheel: in a virtual environment
# below the build folder, beside pyFAI, gemmi, nxmx and fabio where these can be installed.
#   usage: Scripts/check-python.sh [folder of the build] [arguments of pytest]     (default: .build/release)
# Prints a line `ok     what` or `FAILED what: why` for each check.
# Exit status: 0 all checks pass, 1 a check failed, 2 something that is needed is missing.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$here/.build/release}
[ $# -gt 0 ] && shift
python=${NB_PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

needs() {
  echo "check-python: $1" >&2
  exit 2
}

build=$(cd "$build" && pwd) || exit 2
[ -f "$build/libnanobragg-c.so" ] || needs "$build/libnanobragg-c.so is missing; build it with make build"
compiler=$(command -v cc || command -v clang || command -v gcc) || needs "there is no C compiler; install gcc or clang"
for name in interface hostile; do
  "$compiler" -std=gnu11 -Wall -Wextra -Werror -O1 -g "-I$here/Sources/C/CNanoBragg/include" "$here/Tests/CInterface/$name.c" \
    -o "$work/$name" "-L$build" -lnanobragg-c -lm -lpthread "-Wl,-rpath,$build"
done
failed=0
check() {
  if output=$("$@" 2>&1); then echo "ok     C interface: $output"; else
    failed=1
    echo "FAILED C interface: $(basename "$1"): $(echo "$output" | tail -n 1) (status $?)"
  fi
}
check "$work/interface"
check "$work/hostile" "${NB_HOSTILE:-100000}" "$(date -u +%Y%m%d)"

# What the Python at hand has is used; what is missing is installed beside it.
environment=$here/.build/python
"$python" -m venv --system-site-packages "$environment" >"$work/log" 2>&1 ||
  needs "$(tail -n 1 "$work/log"); a virtual environment needs Debian's python3-venv"
"$python" "$here/Python/build_wheel.py" --library "$build/libnanobragg-c.so" --out "$work/dist" >&2
"$environment/bin/pip" install -q --force-reinstall --no-deps "$work"/dist/*.whl >"$work/log" 2>&1 || needs "$(tail -n 1 "$work/log")"
"$environment/bin/python" -c 'import numpy, pytest, hypothesis' 2>"$work/log" ||
  "$environment/bin/pip" install -q numpy pytest hypothesis >"$work/log" 2>&1 ||
  needs "numpy, pytest or hypothesis cannot be installed: $(tail -n 1 "$work/log")"
"$environment/bin/python" -c 'import pyFAI, gemmi, nxmx, fabio, h5py' 2>"$work/log" ||
  "$environment/bin/pip" install -q pyFAI gemmi nxmx fabio h5py >"$work/log" 2>&1 ||
  echo "check-python: pyFAI, gemmi, nxmx and fabio cannot be installed: their tests are left out" >&2

cd "$work"
status=0
NBVERIFY="$build/nbverify" NANOBRAGG_PROGRAM="$build/nanobragg" NANOBRAGG_CONVERT="$build/nanobragg-convert" NANOBRAGG_CHECKS="$work/checks" \
  "$environment/bin/python" -m pytest -q -p no:cacheprovider "$here/Python/tests" "$@" >&2 || status=$?
[ -f "$work/checks" ] && cat "$work/checks"
[ "$failed" -eq 0 ] && [ "$status" -eq 0 ] || exit 1
