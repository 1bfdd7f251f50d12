#!/usr/bin/env bash
# Counts the instructions of each hot path with valgrind and compares them with benchmarks/instruction-baseline.json.
#   benchmarks/instructions.sh [--write]       --write: make what is counted now the baseline
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/setup.sh
require_dotnet
command -v valgrind >/dev/null || require_root benchmarks/instructions.sh "$@"
install_packages valgrind gcc libc6-dev

project=benchmarks/AktoDivert.Benchmarks
dotnet build "$project" -c Release -v quiet -nologo -clp:ErrorsOnly
built=$project/bin/Release/net10.0
gcc -O1 -shared -fPIC -o "$built/libcallgrind-requests.so" "$project/Interop/callgrind_requests.c"
dumps=$(mktemp -d)
trap 'rm -rf "$dumps"' EXIT

# One compiler tier, one heap of 256 MB, no background threads that count: the same instructions in every run.
LD_PRELOAD=$PWD/$built/libcallgrind-requests.so DOTNET_JitStdOutFile=$dumps/compiled DOTNET_JitDisasmSummary=1 DOTNET_TieredCompilation=0 DOTNET_GCgen0size=4000000 DOTNET_GCHeapHardLimit=10000000 DOTNET_EnableDiagnostics=0 \
  valgrind --tool=callgrind --quiet --combine-dumps=no --callgrind-out-file="$dumps/callgrind" \
  "$built/AktoDivert.Benchmarks" instructions "$dumps" >"$dumps/log" 2>&1 || { tail -n 20 "$dumps/log" >&2; exit 1; }
unoptimised=$(grep 'AktoDivert.*MinOpts' "$dumps/compiled" || true)
if [ -n "$unoptimised" ]; then
  echo "methods were compiled without optimisation, so their instructions say nothing: see callgrind_requests.c" >&2
  head -n 5 <<<"$unoptimised" >&2
  exit 1
fi
"$built/AktoDivert.Benchmarks" compare "$dumps" benchmarks/instruction-baseline.json "$@"
