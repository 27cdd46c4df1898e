#!/bin/bash
# Runs the stages of the nightly gate as ReFrame checks, on this machine and on a throw-away Slurm node.
# ReFrame is installed into a folder that is removed afterwards; NB_PYTHON names a Python that has it already.
#
#   Scripts/check-reframe.sh [--system local|slurm] [ReFrame's options, such as -t golden]
#
# Without --system both systems are run; slurm needs root and Slurm. NIGHTLY_SEED is the seed (1), NIGHTLY_REFERENCES a
# file of accepted figures. Run after make build. Exit status: 0 all checks pass, 1 one failed, 2 ReFrame cannot be
# installed.
set -euo pipefail
cd "$(dirname "$0")/.."

systems="local slurm"
[ "${1:-}" != --system ] || { systems=$2; shift 2; }
folder=$(mktemp -d)
finish() {
  [ ! -e "$folder/node/slurm.conf" ] || Scripts/slurm-node.sh stop "$folder/node"
  rm -rf "$folder"
}
trap finish EXIT

python=${NB_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$folder/env" && "$folder/env/bin/pip" install -q reframe-hpc >"$folder/log" 2>&1 || {
    cat "$folder/log" >&2
    echo "check-reframe: reframe-hpc cannot be installed; name a Python that has it in NB_PYTHON" >&2
    exit 2
  }
  python=$folder/env/bin/python
fi

export TMPDIR=$folder NBVERIFY=$PWD/.build/release/nbverify RFM_PREFIX=$folder/rfm
failed=0
for system in $systems; do
  if [ "$system" = slurm ]; then
    Scripts/slurm-node.sh start "$folder/node" >"$folder/variables"
    . "$folder/variables"
  fi
  "$(dirname "$python")/reframe" --nocolor -C Scripts/reframe/settings.py -c Scripts/reframe/checks.py \
    --system="$system" -r --performance-report "$@" || failed=1
done
exit $failed
