#!/bin/sh
# Rebuilds the object into a temporary directory and compares its SHA-256 with the committed one.
# Exit 0: equal. 1: different, or it does not build. 2: another compiler version, so the comparison says nothing.
set -eu
cd "$(dirname "$0")"
arch=${ARCH:-x86_64}
for tool in "${CLANG:-clang}" "${LLVM_STRIP:-llvm-strip}" make; do
  command -v "$tool" > /dev/null || { echo "check-prebuilt: $tool is missing (Debian: apt-get install clang llvm libbpf-dev make)" >&2; exit 1; }
done
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
make -s ARCH="$arch" OUT="$out" all

built=$(cut -d' ' -f1 "$out/SHA256SUMS")
recorded=$(cut -d' ' -f1 "prebuilt/$arch/SHA256SUMS")
committed=$(sha256sum "prebuilt/$arch/redirect.bpf.o" | cut -d' ' -f1)
if [ "$committed" != "$recorded" ]; then
  echo "check-prebuilt: prebuilt/$arch/redirect.bpf.o has $committed, SHA256SUMS says $recorded: run make and commit both" >&2
  exit 1
fi
if [ "$built" = "$recorded" ]; then
  echo "check-prebuilt: $recorded, rebuilt and equal"
  exit 0
fi
if ! cmp -s "$out/COMPILER" "prebuilt/$arch/COMPILER"; then
  echo "check-prebuilt: it builds, but not with the compiler of the prebuilt object, so the bytes may differ:" >&2
  echo "  prebuilt: $(cat "prebuilt/$arch/COMPILER")" >&2
  echo "  here:     $(cat "$out/COMPILER")" >&2
  exit 2
fi
echo "check-prebuilt: rebuilt $built, prebuilt $recorded: the sources changed, run make and commit prebuilt/" >&2
exit 1
