#!/usr/bin/env bash
# Puts scripts, lock file and driver into a folder of the published Windows agent, and makes aktodivert-win-x64.zip beside it.
#   packaging/windows/package.sh FOLDER [DRIVER_FOLDER]      without a driver there is no zip: what is released has one
set -euo pipefail
folder=$(realpath "${1:?usage: packaging/windows/package.sh FOLDER [DRIVER_FOLDER]}")
driver=${2:+$(realpath "$2")}
cd "$(dirname "$0")/../.."
cp drivers/windivert.lock.json packaging/windows/install.ps1 packaging/windows/uninstall.ps1 tools/windows/verify.ps1 LICENSE "$folder/"
[ -n "$driver" ] || exit 0
cp "$driver"/* "$folder/"
zip=$(dirname "$folder")/aktodivert-win-x64
python3 -c 'import shutil, sys; shutil.make_archive(sys.argv[1], "zip", sys.argv[2])' "$zip" "$folder"
echo "$zip.zip  $(du -sh "$zip.zip" | cut -f1)"
