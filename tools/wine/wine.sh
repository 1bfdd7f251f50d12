#!/usr/bin/env bash
# Runs a Windows program with the Wine that setup.sh installed. Sockets belong to the network namespace this is called in.
#   WINE_ROOT=FOLDER WINE_OUT=HOST_FOLDER [WINE_PREFIX=NAME] [WINE_SET_NAME=VALUE]... tools/wine/wine.sh PROGRAM [ARGUMENT]...
#   ... tools/wine/wine.sh --boot      starts Wine's own programs, which then stay: call it first, because the program that starts them
#                                      lends them its output, and who waits for the end of that output waits for theirs
#   ... tools/wine/wine.sh --halt      ends all programs of the prefix
# HOST_FOLDER is seen as Z:\out; WINE_SET_NAME sets NAME for the program. Each network namespace needs a prefix of its own, because a
# prefix's server makes the sockets.
set -euo pipefail
settings=()
while IFS= read -r -d '' entry; do
  case "$entry" in WINE_SET_*) settings+=("${entry#WINE_SET_}") ;; esac
done < /proc/self/environ
export WINE_PREFIX=${WINE_PREFIX:-default} WINEDEBUG=${WINEDEBUG:--all}

in_root=(unshare --mount --propagation private bash -c '
root=$1 out=$2; shift 2
mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mount --bind "$out" "$root/out" || exit 125
exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root USER=root LANG=C.UTF-8 XDG_RUNTIME_DIR=/tmp \
  "WINEPREFIX=/prefix/$WINE_PREFIX" "WINEDEBUG=$WINEDEBUG" DOTNET_EnableWriteXorExecute=0 DOTNET_gcServer=0 "$@"' \
  _ "${WINE_ROOT:?}" "${WINE_OUT:?}" "${settings[@]}")

case "${1:?usage: tools/wine/wine.sh PROGRAM [ARGUMENT]... | --boot | --halt}" in
  --boot) exec "${in_root[@]}" sh -c '/usr/lib/wine/wineserver64 -p; exec /usr/lib/wine/wine64 cmd /c exit' < /dev/null > /dev/null 2>&1 ;;
  --halt) exec "${in_root[@]}" /usr/lib/wine/wineserver64 -k ;;
  *) exec "${in_root[@]}" /usr/lib/wine/wine64 "$@" ;;
esac
