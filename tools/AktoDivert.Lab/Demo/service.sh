# service.sh COMMAND...: runs a program until it ends or this script's standard input closes, so that it never outlives the lab.
exec 3<&0
"$@" 3<&- </dev/null &
program=$!
(cat <&3 >/dev/null; kill -TERM $program 2>/dev/null) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait $program
code=$?
kill $watcher 2>/dev/null
exit $code
