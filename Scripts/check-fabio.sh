#!/bin/sh
# Opens SMV, CBF and NXmx images of nanobragg with fabio and nxmx, and compares values, geometry and orientation. Reads
# files of other programs with nanobragg and with fabio or gemmi, and compares images and reflections. The Python
# packages are installed into a folder that is removed afterwards; NB_PYTHON names a Python that has them already.
#   usage: Scripts/check-fabio.sh [program]     (default: .build/release/nanobragg)
# Exit status: 0 all checks pass, 1 a check failed, 2 the Python packages cannot be installed.
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
