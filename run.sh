#!/usr/bin/env bash
# Installs what is missing, builds, and runs AktoDivert (Debian, root).
#   ./run.sh            console, agent and a lab of real AI clients on a small AI internet of its own; Ctrl+C removes it all
#   ./run.sh --check    the same once without a person: every client makes its calls; a table; exit 0 only if every cell is right
#   ./run.sh --no-lab   the real thing on this machine: agent and console only
set -euo pipefail
cd "$(dirname "$0")"
. tools/setup.sh

mode=${1:-}
case "$mode" in
  "" | --check | --no-lab) ;;
  *) echo "usage: ./run.sh [--check | --no-lab]" >&2; exit 2 ;;
esac
require_root ./run.sh "$@"
require_dotnet

exec 9>/run/aktodivert-run.lock
if ! flock -n 9; then
  echo "AktoDivert is already running from a run.sh on this machine. Stop that one with Ctrl+C first." >&2
  exit 1
fi

install_packages libbpf1 libzstd1 ca-certificates libnss3-tools
if [ "$mode" != --no-lab ]; then
  install_packages iproute2 util-linux curl openssl python3 git chromium
  install_node
fi

echo "- building"
for project in Agent Console; do dotnet build "src/AktoDivert.$project" -c Release -v quiet -nologo '-clp:ErrorsOnly;NoSummary'; done
agent=$PWD/src/AktoDivert.Agent/bin/Release/net10.0/aktodivert
console=$PWD/src/AktoDivert.Console/bin/Release/net10.0/aktodivert-console

if [ "$mode" != --no-lab ]; then
  dotnet build tools/AktoDivert.Lab -c Release -v quiet -nologo '-clp:ErrorsOnly;NoSummary'
  exec tools/AktoDivert.Lab/bin/Release/net10.0/aktodivert-lab demo --agent "$agent" --console "$console" ${mode:+"$mode"}
fi

# The real thing. What is started and installed here is ended and removed here.
state=$(mktemp -d /run/aktodivert.XXXXXX)
console_pid='' agent_pid='' trusted=''
stop() {
  trap - EXIT INT TERM
  [ -n "$agent_pid" ] && kill -TERM "$agent_pid" 2>/dev/null && wait "$agent_pid" 2>/dev/null || true
  [ -n "$trusted" ] && "$agent" --config "$state/agent.json" trust remove >/dev/null || true
  [ -n "$console_pid" ] && kill -TERM "$console_pid" 2>/dev/null && wait "$console_pid" 2>/dev/null || true
  rm -rf "$state" /run/aktodivert-run.lock
}
trap stop EXIT
trap 'exit 0' INT TERM

cat >"$state/agent.json" <<JSON
{ "stateDirectory": "$state/agent", "controlSocket": "$state/control.sock" }
JSON
echo "- starting the console"
setsid "$console" --data "$state/console" --print-sign-in-link >"$state/console.log" 2>&1 9>&- &
console_pid=$!
for _ in $(seq 300); do
  grep -q '^sign in once' "$state/console.log" && break
  kill -0 "$console_pid" 2>/dev/null || { cat "$state/console.log" >&2; exit 1; }
  sleep 0.1
done
address=$(sed -n 's/^console listening on //p' "$state/console.log")
echo "- enrolling the agent and installing its CA on this machine"
"$agent" --config "$state/agent.json" enrol "$address" "$("$console" enrolment-token --data "$state/console")" >/dev/null
trusted=yes
"$agent" --config "$state/agent.json" trust install >/dev/null
echo "- starting the agent"
setsid "$agent" --config "$state/agent.json" run >"$state/agent.log" 2>&1 9>&- &
agent_pid=$!
for _ in $(seq 100); do
  "$agent" --config "$state/agent.json" status >"$state/status" 2>&1 && break
  kill -0 "$agent_pid" 2>/dev/null || { cat "$state/agent.log" >&2; exit 1; }
  sleep 0.2
done
cat <<TEXT

AktoDivert runs on this machine.
  console   $address
  sign in   $(sed -n 's/^sign in once with //p' "$state/console.log")   (works once)
  status    $agent --config $state/agent.json status
  stop      Ctrl+C; it removes everything it made

TEXT
wait -n "$agent_pid" "$console_pid" || true
echo "A part of AktoDivert ended by itself:" >&2
tail -n 5 "$state/agent.log" "$state/console.log" >&2
exit 1
