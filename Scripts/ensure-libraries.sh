#!/bin/sh
# Installs missing C libraries: as root, else with sudo.
#   gsl: references of the oracles; libcrypto: digests; libpng: pictures; sqlite3: the history of the nights; zlib:
#   compressed files; hdf5: NeXus files; gemmi and its parser pegtl (headers only): MTZ and mmCIF in nanobragg convert; mpfi over mpfr:
#   proven rounding errors.
# nanobragg itself links zlib only.
set -eu

packages="libgsl-dev libssl-dev libpng-dev libsqlite3-dev zlib1g-dev libhdf5-dev gemmi-dev tao-pegtl-dev libmpfi-dev libmpfr-dev pkg-config"

# MPFI has no file for pkg-config.
has_mpfi() {
  [ -f /usr/include/mpfi.h ] || [ -f /usr/local/include/mpfi.h ]
}

present() {
  command -v pkg-config >/dev/null 2>&1 && pkg-config --exists gsl libcrypto libpng sqlite3 zlib hdf5 mpfr && has_mpfi
}

# Without gemmi and pegtl the package still builds, and nanobragg convert refuses MTZ and mmCIF.
has_headers() {
  for folder in /usr/include /usr/local/include; do
    if [ -f "$folder/gemmi/mtz.hpp" ] && [ -f "$folder/tao/pegtl.hpp" ]; then return 0; fi
  done
  return 1
}

if present && has_headers; then exit 0; fi

if ! command -v apt-get >/dev/null 2>&1; then
  if present; then
    echo "ensure-libraries: gemmi or pegtl is missing: nanobragg convert will not read MTZ and mmCIF" >&2
    exit 0
  fi
  echo "ensure-libraries: gsl, libcrypto, libpng, sqlite3, zlib, hdf5, mpfr or mpfi is missing and there is no apt-get;" >&2
  echo "                  install them with your package manager" >&2
  exit 1
fi

if [ "$(id -u)" -eq 0 ]; then
  as_root=""
elif command -v sudo >/dev/null 2>&1; then
  as_root="sudo"
else
  echo "ensure-libraries: libraries are missing, you are not root and there is no sudo;" >&2
  echo "                  ask an administrator to run: apt-get install $packages" >&2
  exit 1
fi

echo "ensure-libraries: installing $packages" >&2
$as_root apt-get update -q >/dev/null || echo "ensure-libraries: the package lists could not be renewed; trying the old ones" >&2
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q $packages >/dev/null

if ! present; then
  echo "ensure-libraries: installed, but pkg-config does not find gsl, libcrypto, libpng, sqlite3, zlib, hdf5 and mpfr, or mpfi.h is not there; check PKG_CONFIG_PATH" >&2
  exit 1
fi
