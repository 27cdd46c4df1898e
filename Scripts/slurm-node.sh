#!/bin/bash
# Runs a throw-away Slurm of one node on the loopback address, from Debian's packages, without systemd, cgroups or
# database.
#
#   eval "$(slurm-node.sh start [FOLDER])"   starts the node and prints the variables that Slurm's commands need
#   slurm-node.sh env [FOLDER]               prints the variables again
#   slurm-node.sh stop [FOLDER]              cancels all jobs and ends the daemons of the node
#
# The node writes only below FOLDER, else NODE_FOLDER, else a new folder of mktemp, which stop removes.
set -euo pipefail

say() { echo "slurm-node: $*" >&2; }
die() { say "$*"; exit 1; }

# Installs missing programs, which needs root.
need_programs() {
  local program missing="" packages="slurmctld slurmd slurm-client munge"
  for program in slurmctld slurmd sbatch munged; do command -v $program >/dev/null || missing+=" $program"; done
  [ -n "$missing" ] || return 0
  [ "$(id -u)" = 0 ] || die "missing:$missing. As root: apt-get install --no-install-recommends $packages"
  say "installing $packages"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o DPkg::Lock::Timeout=120 \
      --no-install-recommends $packages; } >&2 </dev/null || die "installing failed"
  # The system's daemons, which the packages start under systemd, are not used.
  [ ! -d /run/systemd/system ] || systemctl disable --now munge slurmctld slurmd >&2 || true
}

# A port of the loopback address that nothing listens on, below the range of outgoing connections.
free_port() {
  local port; while port=$((20000 + RANDOM % 10000)); do
    [ $port = "${1:-}" ] || (: <>"/dev/tcp/$address/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

# Slurm listens at the address of the machine's name. If that is no loopback address, or the name has no address, the
# daemons get the name localhost, which needs root.
name_host() {
  host=$(uname -n) address=$(getent ahostsv4 "$host" | awk 'NR == 1 && /^127\./ {print $1}') || true
  inside=()
  [ -z "$address" ] || return 0
  host=localhost address=127.0.0.1 inside=(unshare --uts sh -c 'hostname localhost && exec "$@"' inside)
  "${inside[@]}" true || die "'$(uname -n)' is no name of a loopback address, and only root can give another name"
}

write_settings() {
  local port; port=$(free_port)
  mkdir -p "$folder/spool" "$folder/state"
  (umask 077 && head -c 1024 /dev/urandom >"$folder/munge.key")
  cat >"$SLURM_CONF" <<END
ClusterName=throwaway
SlurmctldHost=${host%%.*}($address)
SlurmctldPort=$port
SlurmdPort=$(free_port "$port")
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/pgid
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
KillWait=5
MinJobAge=86400
SchedulerParameters=sched_interval=2
NodeName=node NodeHostname=${host%%.*} NodeAddr=$address CPUs=$(nproc)
PartitionName=all Nodes=node Default=YES MaxTime=INFINITE
END
}

# Prints the process id of a running daemon of this folder. The system reuses ids, so the command line of the process
# has to name the folder; the command line of a zombie process is empty.
pid_of() { pid=$(cat "$folder/$1.pid" 2>/dev/null) && grep -qsF "$folder/" "/proc/$pid/cmdline" && echo "$pid"; }

# Waits until a command succeeds: wait_for SECONDS COMMAND...
wait_for() { local end=$((SECONDS + $1)); until "${@:2}"; do [ $SECONDS -lt $end ] && sleep 0.2 || return 1; done; }
is_idle() { [ "$(sinfo --noheader --format=%t 2>/dev/null)" = idle ]; }
has_no_jobs() { [ -z "$(squeue --noheader 2>&1)" ]; }
has_ended() { ! pid_of "$1" >/dev/null; }

start() {
  has_ended munged && has_ended slurmctld && has_ended slurmd || die "$folder: already started"
  write_settings
  # With --force, munged only warns about the user root and about a folder that others cannot read.
  { "${inside[@]}" munged --force --num-threads=2 --socket="$folder/munge.socket" --key-file="$folder/munge.key" \
      --pid-file="$folder/munged.pid" --seed-file="$folder/munge.seed" --log-file="$folder/munged.log" &&
    "${inside[@]}" slurmctld -c -f "$SLURM_CONF" && "${inside[@]}" slurmd -c -f "$SLURM_CONF" &&
    wait_for 30 is_idle; } >"$folder/start.log" 2>&1 ||
    { tail -n 5 "$folder"/*.log >&2; rm -f "$folder/temporary"; stop; die "starting failed; logs are in $folder"; }
}

stop() {
  local daemon
  if ! has_ended slurmctld && ! has_ended munged; then
    scancel --user="$(id -un)" 2>/dev/null || true
    wait_for 30 has_no_jobs || say "jobs are left: $(squeue --noheader --format=%i 2>&1)"
  fi
  for daemon in slurmd slurmctld munged; do
    kill "$(pid_of $daemon)" 2>/dev/null && ! wait_for 20 has_ended $daemon || continue
    say "killing $daemon, which does not end" && kill -KILL "$(pid_of $daemon)"
  done
  [ ! -e "$folder/temporary" ] || rm -rf "$folder"
}

verb=${1:-} folder=${2:-${NODE_FOLDER:-}} PATH=$PATH:/usr/sbin   # The daemons lie in sbin, often not in PATH.
case $verb in
  start) need_programs; name_host
    [ -n "$folder" ] || { folder=$(mktemp -d /tmp/slurm-node.XXXXXX) && touch "$folder/temporary"; }
    mkdir -p "$folder" ;;
  env | stop) [ -f "$folder/slurm.conf" ] || die "no node was started in '$folder'" ;;
  *) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
folder=$(cd "$folder" && pwd -P)
[[ $folder != *[[:space:]#%]* ]] || die "'$folder': slurm.conf cannot hold such a name"
export SLURM_CONF=$folder/slurm.conf
[ "$verb" = env ] || "$verb"
[ "$verb" = stop ] || printf 'export SLURM_CONF=%q NODE_FOLDER=%q\n' "$SLURM_CONF" "$folder"
