#!/bin/bash
# Runs a night in parts on a throw-away Slurm node of this machine, as documented: the night is submitted as an array,
# one task is killed by SIGKILL, the parts are merged, which names the killed part, that part is requeued, the parts are
# merged again, and the night is compared with an undivided night of the same seed.
#
#   Scripts/check-slurm.sh [--short] [--keep FOLDER]
#
# --short runs golden cases only, in two parts, as the nightly gate does if Slurm is installed. Without --short all
# stages run, in four parts. Run as root, after make build. Prints "ok     what" or "FAILED what: why" for each check.
# Exit status: 0 all checks pass, 1 a check failed, 77 Slurm cannot be started or the user is not root.
set -euo pipefail
cd "$(dirname "$0")/.."

count=4 short="" keep=""
while [ $# -gt 0 ]; do
  case $1 in
    --short) short=1 count=2 ;;
    --keep) keep=$2; shift ;;
    *) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift
done
export PATH=$PATH:/usr/sbin
for program in slurmctld slurmd sbatch munged; do
  [ -z "$short" ] || command -v $program >/dev/null || { echo "Slurm is not installed ($program)" >&2; exit 77; }
done
[ "$(id -u)" = 0 ] || { echo "this is not root" >&2; exit 77; }

work=${keep:-$(mktemp -d)}
mkdir -p "$work"
Scripts/slurm-node.sh start "$work/node" >"$work/variables" || exit 77
. "$work/variables"
finish() {
  Scripts/slurm-node.sh stop "$work/node"
  [ -n "$keep" ] || rm -rf "$work"
}
trap finish EXIT

failed=0
check() { # check WHAT COMMAND...
  local what=$1; shift
  if "$@" >"$work/said" 2>&1; then echo "ok     $what"; else
    failed=1; echo "FAILED $what: $(tail -n 3 "$work/said" | tr '\n' ' ')"; fi
}
merge() { # merge OUT STATUS: merges, and demands the exit status
  local status=0
  .build/release/nbverify nightly merge "$NIGHT_PARTS" --history "$work/history.sqlite" --out "$work/$1" \
    >"$work/$1.txt" 2>&1 || status=$?
  [ $status = "$2" ] || { echo "exit status $status instead of $2"; tail -n 3 "$work/$1.txt"; return 1; }
}
wait_for_jobs() { while [ -n "$(squeue --noheader --jobs="$1" 2>/dev/null)" ]; do sleep 1; done; }
nights() { .build/release/nbverify history --history "$work/history.sqlite" | grep -c ' s  '; }

export NIGHT_PARTS=$work/parts NIGHT_SEED=${NIGHT_SEED:-20261128} NIGHT_COUNT=$count NIGHT_REPETITIONS=1
# The stage `cluster` is left out, because it runs this script.
export NIGHT_STAGES=tests,golden,images,readers,benchmarks
[ -z "$short" ] || export NIGHT_STAGES=golden
victim=2
job=$(sbatch --parsable --array=1-$count --cpus-per-task=1 --output="$work/task-%a.log" Scripts/nightly.slurm)

# The task is killed after its first finished item.
journal=$NIGHT_PARTS/$victim.unfinished/journal.jsonl
until grep -qs '"ended"' "$journal"; do sleep 0.05; done
scancel --signal=KILL --batch "${job}_$victim"
until scontrol show job "${job}_$victim" | grep -qE 'JobState=(FAILED|CANCELLED)'; do sleep 0.5; done
check "a killed task is FAILED for Slurm" scontrol show job "${job}_$victim"
until [ -z "$(squeue --noheader --jobs="$job" --states=RUNNING,PENDING 2>/dev/null)" ]; do sleep 1; done

check "merging without the killed part ends with status 3" merge incomplete 3
check "the merge says which part did not end, and where it was" \
  grep -E "part $victim/$count did not come to its end: it left no word: killed, or still running; on .* items done" \
  "$work/incomplete.txt"
check "the incomplete night is in the history" grep -q incomplete <(.build/release/nbverify history --history "$work/history.sqlite")

scontrol requeue "${job}_$victim"
# Slurm sometimes refuses to start a task within a second of its kill.
scontrol update JobId="${job}_$victim" StartTime=now+3
wait_for_jobs "$job"
check "the requeued part goes on behind what was done" grep "goes on behind" "$work/task-$victim.log"
check "all parts merge to a night that passes" merge complete 0
check "merging again finds the same" merge again 0
check "the history has the night once" test "$(nights)" = 1
# shellcheck disable=SC2086
check "an undivided night passes" .build/release/nbverify nightly --skip-build --seed "$NIGHT_SEED" --stages $NIGHT_STAGES \
  --repetitions 1 --history "$work/other.sqlite" --out "$work/undivided"
check "the merged night is the undivided one, times, hosts and paths apart" \
  .build/release/nbverify nightly compare "$work/undivided" "$work/complete"
exit $failed
