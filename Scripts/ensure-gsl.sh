#!/bin/sh
# Installs libgsl-dev and pkg-config where they are missing: as root, else with sudo.
set -eu

present() {
  command -v pkg-config >/dev/null 2>&1 && pkg-config --exists gsl
}

if present; then exit 0; fi

if ! command -v apt-get >/dev/null 2>&1; then
  echo "ensure-gsl: the GNU Scientific Library is missing and there is no apt-get;" >&2
  echo "            install it with your package manager (Homebrew: brew install gsl pkg-config)" >&2
  exit 1
fi

if [ "$(id -u)" -eq 0 ]; then
  as_root=""
elif command -v sudo >/dev/null 2>&1; then
  as_root="sudo"
else
  echo "ensure-gsl: libgsl-dev is missing, you are not root and there is no sudo;" >&2
  echo "            ask an administrator to run: apt-get install libgsl-dev pkg-config" >&2
  exit 1
fi

echo "ensure-gsl: installing libgsl-dev and pkg-config" >&2
$as_root apt-get update -q >/dev/null || echo "ensure-gsl: the package lists could not be renewed; trying the old ones" >&2
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q libgsl-dev pkg-config >/dev/null

if ! present; then
  echo "ensure-gsl: libgsl-dev was installed, but pkg-config does not find gsl; check PKG_CONFIG_PATH" >&2
  exit 1
fi
