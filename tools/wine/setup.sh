#!/usr/bin/env bash
# Installs Wine 10 (Debian trixie's) in a folder of its own, to run win-x64 builds on Linux. Root; the mirror is the one apt uses.
#   tools/wine/setup.sh FOLDER
# About 180 MB are downloaded and 650 MB stay. A folder that is complete is left as it is.
set -euo pipefail
root=${1:?usage: tools/wine/setup.sh FOLDER}
[ ! -e "$root/.complete" ] || exit 0
command -v debootstrap >/dev/null || apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends debootstrap

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/*$' | head -n 1)
[ -n "$mirror" ] || { echo "apt names no Debian mirror in its sources; Wine is taken from there" >&2; exit 1; }

rm -rf "$root"
mkdir -p "$root"
debootstrap --variant=minbase trixie "$root" "$mirror"

# Debugging symbols, 32-bit parts and documentation are two thirds of the size.
printf 'path-exclude=%s\n' '/usr/lib/x86_64-linux-gnu/wine/i386-windows/*' '/usr/share/doc/*' '/usr/share/man/*' \
  '/usr/share/locale/*' '/usr/share/info/*' > "$root/etc/dpkg/dpkg.cfg.d/small"
cp /etc/resolv.conf /etc/hosts "$root/etc/"
for file in /etc/apt/apt.conf.d/*; do
  grep -qi 'proxy\|timeout' "$file" 2>/dev/null && cp "$file" "$root/etc/apt/apt.conf.d/"
done || true
chroot "$root" env DEBIAN_FRONTEND=noninteractive sh -c \
  'apt-get update -qq && apt-get install -y -qq --no-install-recommends wine64 && apt-get clean'
(cd "$root/usr/lib/x86_64-linux-gnu/wine/x86_64-windows" && find . -type f -print0 | xargs -0 -n 40 strip -g 2>/dev/null) || true
mkdir -p "$root/prefix" "$root/out"
touch "$root/.complete"
