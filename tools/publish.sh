#!/usr/bin/env bash
# Publishes agent and console as self-contained folders that need no .NET, into artifacts/publish/PROJECT/PLATFORM. The Linux agent is one native
# program, which needs the C library (glibc) of the machine that it is published on, or a newer one.
#   tools/publish.sh [linux-x64 | win-x64]      without a platform: both
# The Windows agent gets the driver that drivers/windivert.lock.json pins, its install scripts, and a zip beside the folder. Where the driver
# cannot be fetched, AKTODIVERT_WINDIVERT_ARCHIVE=FILE names a copy of its archive; without one there is a folder without driver and no zip.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/setup.sh

platforms=("$@")
[ $# -gt 0 ] || platforms=(linux-x64 win-x64)
for platform in "${platforms[@]}"; do
  case "$platform" in
    linux-x64 | win-x64) ;;
    *) echo "unknown platform $platform; usage: tools/publish.sh [linux-x64 | win-x64]" >&2; exit 2 ;;
  esac
done
require_dotnet

add_windows_parts() {
  local folder=$1 driver
  if driver=$(drivers/restore.sh ${AKTODIVERT_WINDIVERT_ARCHIVE:+"$AKTODIVERT_WINDIVERT_ARCHIVE"}); then
    packaging/windows/package.sh "$folder" "drivers/$driver"
  else
    echo "$folder has no driver: it starts, says so, and redirects nothing" >&2
    packaging/windows/package.sh "$folder"
  fi
}

[[ " ${platforms[*]} " != *" linux-x64 "* ]] || require_linker
for platform in "${platforms[@]}"; do
  for project in AktoDivert.Agent AktoDivert.Console; do
    folder=artifacts/publish/$project/$platform
    rm -rf "$folder"
    dotnet publish "src/$project" -p:PublishProfile="$platform" -v quiet -nologo
    [ "$project/$platform" != AktoDivert.Agent/win-x64 ] || add_windows_parts "$folder"
    echo "$folder  $(du -sh "$folder" | cut -f1)"
  done
done
