#!/usr/bin/env bash
# Builds everything and runs the tests. Installs what is missing (Debian, root). Ends with "N passed, N failed".
#   ./test.sh                 unit, functional and system tests, these with the agent as it ships (or the program that AKTODIVERT_AGENT names)
#   ./test.sh --unit          unit and functional tests only: no root, no installation
#   ./test.sh --windows       the shipped Windows build under Wine, with a stand-in for the driver; installs Wine into .cache/wine (root)
#   ./test.sh --fuzz [N]      each fuzz target, N executions (default 200,000)
#   ./test.sh --schedules [N] the packet engine by N random schedules of the flow table and N/10 of the whole (default 1,000,000)
set -euo pipefail
cd "$(dirname "$0")"
. tools/setup.sh

suites=(AktoDivert.Tests AktoDivert.FunctionalTests AktoDivert.SystemTests)
case "${1:-}" in
  "") require_root ./test.sh ;;
  --unit) suites=(AktoDivert.Tests AktoDivert.FunctionalTests) ;;
  --windows) require_root ./test.sh --windows; require_dotnet; . tools/wine/test.sh; exit ;;
  --fuzz) require_dotnet; dotnet run -c Release --project tools/AktoDivert.Fuzz -- all "${2:-200000}"; exit ;;
  --schedules)
    require_dotnet
    dotnet build tests/AktoDivert.Tests -c Release -v quiet -nologo '-clp:ErrorsOnly;NoSummary'
    count=${2:-1000000}
    export AKTODIVERT_SCHEDULES=$count AKTODIVERT_ENGINE_SCHEDULES=$(((count + 9) / 10)) AKTODIVERT_SEED=${AKTODIVERT_SEED:-$RANDOM}
    echo "$count schedules from seed $AKTODIVERT_SEED"
    tests/AktoDivert.Tests/bin/Release/net10.0/AktoDivert.Tests --progress off --ansi off --filter "FullyQualifiedName~ScheduleTests"
    exit ;;
  *) echo "usage: ./test.sh [--unit | --windows | --fuzz [N] | --schedules [N]]" >&2; exit 2 ;;
esac
require_dotnet
if [ "${1:-}" != --unit ]; then
  install_packages libbpf1 libzstd1 bpftool iproute2 nftables util-linux curl openssl python3 gcc libc6-dev linux-libc-dev clang llvm libbpf-dev libnss3-tools ca-certificates chromium postgresql nghttp2-client
  install_node
fi

echo "building"
dotnet build AktoDivert.sln -c Release -v quiet -nologo '-clp:ErrorsOnly;NoSummary'
if [ "${1:-}" != --unit ] && [ -z "${AKTODIVERT_AGENT:-}" ]; then
  # As it ships: without what it cannot reach, and compiled ahead of time. What trimming breaks shows only there.
  echo "publishing the agent"
  dotnet publish src/AktoDivert.Agent -p:PublishProfile=linux-x64 -v quiet -nologo '-clp:ErrorsOnly;NoSummary'
  export AKTODIVERT_AGENT=$PWD/artifacts/publish/AktoDivert.Agent/linux-x64/aktodivert
fi

passed=0 failed=0 faults=$(mktemp)
# "passed NAME (1m 02s 345ms)" as seconds and name, the longest first.
slowest() {
  sed -n 's/^passed \(.*\) (\(.*\))$/\2\t\1/p' "$1" | awk -F '\t' '{
    n = split($1, parts, " "); seconds = 0
    for (i = 1; i <= n; i++) {
      if (parts[i] ~ /ms$/) seconds += parts[i] / 1000
      else if (parts[i] ~ /s$/) seconds += parts[i]
      else if (parts[i] ~ /m$/) seconds += parts[i] * 60
    }
    printf "%8.1f s  %s\n", seconds, $2
  }' | sort -rn | sed -n 1,8p
}
# "failed NAME (12ms)" and the lines below it up to the next test or the summary, without the test's own output.
failures() {
  awk -v suite="$2" '
    /^(passed|skipped) |^Test run summary/ { shown = 0 }
    /^failed / { print suite ": " $0; shown = 12; next }
    /^  Standard (output|error)/ { shown = 0 }
    shown > 0 { print; shown-- }' "$1"
}
count() { sed -n "s/^ *$1: *\([0-9][0-9]*\)$/\1/p" "$2" | tail -n 1; }
for suite in "${suites[@]}"; do
  echo "== $suite"
  log=$(mktemp)
  code=0
  "tests/$suite/bin/Release/net10.0/$suite" --progress off --ansi off --output Detailed 2>&1 | tee "$log" | grep -v '^passed ' || code=${PIPESTATUS[0]}
  ok=$(count succeeded "$log"); bad=$(count failed "$log")
  if [ -z "$ok" ]; then
    echo "$suite ended with code $code and without a summary"
    ok=0 bad=1
  elif [ "$code" != 0 ] && [ "$bad" = 0 ]; then
    echo "$suite ended with code $code"
    bad=1
  fi
  echo "slowest:"
  slowest "$log"
  failures "$log" "$suite" >> "$faults"
  rm -f "$log"
  passed=$((passed + ok)) failed=$((failed + bad))
done

echo "== allocation budget"
if benchmarks/AktoDivert.Benchmarks/bin/Release/net10.0/AktoDivert.Benchmarks allocations benchmarks/allocation-budget.json; then
  passed=$((passed + 1))
else
  echo "A hot path allocates more than benchmarks/allocation-budget.json allows; docs/performance.md says what to do."
  failed=$((failed + 1))
fi
# Once more at the end, where they are not lost among what thousands of tests print.
cat "$faults"
rm -f "$faults"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
