#!/usr/bin/env bash
# Compares AktoDivert with other proxies, side by side on this machine, by CPU time. Installs the peers (Debian, root).
#   benchmarks/run.sh [calls | connections | streams | bulk | garbage | resources | redirect | scale | soak | all] [--quick]
# Writes a table, and benchmarks/results/latest.json, .txt and .svg. AKTODIVERT_AGENT names another agent to measure.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/setup.sh
require_dotnet

for package in nginx-light libnginx-mod-stream haproxy sslsplit mitmproxy wrk nghttp2-client iperf3; do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed$' && continue
  require_root benchmarks/run.sh "$@"
  # A peer that cannot be had is reported at the end; the others are measured all the same.
  (install_packages "$package" 1>&2) || echo "$package could not be installed" >&2
done
ulimit -n "$(ulimit -Hn)"

# Native programs both, so that a variant of the agent differs from it in what its row names, and in nothing else.
require_linker
publish() { dotnet publish "$1" -p:PublishProfile=linux-x64 -v quiet -nologo 1>&2; }
publish benchmarks/AktoDivert.SideBySide
agent=${AKTODIVERT_AGENT:-$PWD/artifacts/publish/AktoDivert.Agent/linux-x64/aktodivert}
[ -n "${AKTODIVERT_AGENT:-}" ] || publish src/AktoDivert.Agent
exec artifacts/publish/AktoDivert.SideBySide/linux-x64/AktoDivert.SideBySide "$agent" benchmarks/results "$@"
