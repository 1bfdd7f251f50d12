#!/bin/sh
# Headless Chromium: opens the chat page, which asks by itself and writes its report into the document. Arguments: URL, profile folder.
# The sandbox needs privileges that a machine without a desktop may not give; the pages are the lab's own.
exec chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --disable-background-networking \
  --disable-component-update --disable-sync --disable-extensions --user-data-dir="$2/profile" --timeout=30000 --virtual-time-budget=20000 \
  --dump-dom "$1"
