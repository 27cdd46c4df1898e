#!/bin/sh
# Opens our SMV, CBF and NXmx images with fabio and a reader of NeXus, and files of others with theirs and ours: values,
# geometry, orientation, reflections. They are installed into a folder that is removed afterwards; NB_PYTHON names a Python
# that has them already.
#   usage: Scripts/check-fabio.sh [program]     (default: .build/release/nanobragg)
# Exit status: 0 all as it should be, 1 a check failed, 2 they cannot be installed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
program=${1:-$here/../.build/release/nanobragg}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM

python=${NB_PYTHON:-}
if [ -z "$python" ]; then
  if ! { python3 -m venv "$folder/env" && "$folder/env/bin/pip" install -q fabio nxmx gemmi; } >"$folder/log" 2>&1; then
    cat "$folder/log" >&2
    echo "check-fabio: fabio, nxmx and gemmi cannot be installed; name a Python that has them in NB_PYTHON" >&2
    exit 2
  fi
  python=$folder/env/bin/python
fi
mkdir "$folder/work"
"$python" "$here/check_fabio.py" "$program" "$folder/work"
