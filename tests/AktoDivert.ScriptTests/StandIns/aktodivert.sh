#!/bin/sh
# Stands in for aktodivert.exe: notes how it was called, fails as a file beside the machine says, keeps the service's state.
machine=$AKTODIVERT_STAND_IN
echo "$*" >> "$machine/calls"
if [ -e "$machine/fail-$1" ] || [ -e "$machine/fail-$1-$2" ]; then
  echo "$1 $2 refused" >&2
  exit 1
fi
case "$1 $2" in
  'service install') echo Stopped > "$machine/service" ;;
  'service start') echo Running > "$machine/service" ;;
  'service uninstall') rm -f "$machine/service" ;;
esac
echo "$1 done"
echo 'a word on the error output' >&2
