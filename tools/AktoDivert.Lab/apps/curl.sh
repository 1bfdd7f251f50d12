#!/bin/sh
# curl: posts question.json of the folder, hashes both bodies. Arguments: program, HTTP version option, URL, folder.
program=$1 version=$2 url=$3 folder=$4
status=$("$program" -sS "$version" --max-time 15 -o "$folder/answer" -w '%{http_code}' --data-binary "@$folder/question.json" \
  -H 'content-type: application/json' -H "authorization: Bearer $LAB_KEY" "$url" 2> "$folder/error")
code=$?
: >> "$folder/answer"
hash() { sha256sum "$1" | cut -d' ' -f1; }
[ "$code" = 0 ] && [ "$status" = 200 ] && ok=true || ok=false
printf '{"ok":%s,"status":%d,"detail":"curl exit code %d","sentSha256":"%s","receivedSha256":"%s"}\n' \
  "$ok" "${status#0}" "$code" "$(hash "$folder/question.json")" "$(hash "$folder/answer")"
