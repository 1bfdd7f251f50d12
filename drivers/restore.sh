#!/usr/bin/env bash
# Fetches the driver that windivert.lock.json pins, checks it and unpacks it into .cache/windivert/VERSION (ignored by git).
#   drivers/restore.sh [ARCHIVE]      ARCHIVE: a copy fetched by other means, for machines without access
# Anything that is not byte for byte what the lock file says is refused, and nothing is left behind. Needs python3.
set -euo pipefail
archive=${1:+$(realpath "$1")}
cd "$(dirname "$0")"
exec python3 - "$PWD/windivert.lock.json" "$PWD/../.cache/windivert" "${archive:-}" <<'PY'
import hashlib, io, json, os, shutil, sys, tempfile, urllib.request, zipfile

lock_path, cache, given = sys.argv[1:4]
lock = json.load(open(lock_path, encoding="utf-8"))
archive, version = lock["archive"], lock["version"]
MOST_BYTES = 16 * 1024 * 1024


def refuse(message):
    sys.exit(f"drivers/restore.sh: refused: {message}")


def check(what, content, expected):
    actual = hashlib.sha256(content).hexdigest()
    if actual != expected:
        refuse(f"{what} has SHA-256 {actual}, the lock file says {expected}")


try:
    if given:
        content = open(given, "rb").read(MOST_BYTES + 1)
    else:
        with urllib.request.urlopen(archive["url"], timeout=60) as answer:
            content = answer.read(MOST_BYTES + 1)
except OSError as fault:
    refuse(f"{given or archive['url']} could not be read: {fault}; fetch it by other means and pass the file as an argument")
check("the archive", content, archive["sha256"])

target = os.path.join(cache, version)
os.makedirs(cache, exist_ok=True)
unfinished = tempfile.mkdtemp(dir=cache)
try:
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        for entry in lock["files"]:
            data = files.read(f"{archive['folder']}/{entry['path']}")
            check(entry["path"], data, entry["sha256"])
            with open(os.path.join(unfinished, entry["name"]), "wb") as out:
                out.write(data)
    shutil.rmtree(target, ignore_errors=True)
    os.rename(unfinished, target)
finally:
    shutil.rmtree(unfinished, ignore_errors=True)
print(os.path.relpath(target))
PY
