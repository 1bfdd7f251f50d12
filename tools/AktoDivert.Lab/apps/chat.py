"""Python's urllib: one streamed chat completion."""
import hashlib
import json
import os
import urllib.error
import urllib.request

question = json.dumps({
    "model": "gpt-5",
    "stream": True,
    "messages": [{"role": "user", "content": os.environ["LAB_PROMPT"]}],
}).encode()
request = urllib.request.Request(
    "https://api.openai.com/v1/chat/completions",
    data=question,
    headers={"content-type": "application/json", "authorization": "Bearer " + os.environ["LAB_KEY"]},
)
try:
    with urllib.request.urlopen(request, timeout=15) as response:
        answer = response.read()
        report = {"ok": response.status == 200, "status": response.status, "detail": "",
                  "sentSha256": hashlib.sha256(question).hexdigest(), "receivedSha256": hashlib.sha256(answer).hexdigest()}
except (urllib.error.URLError, OSError) as failure:
    report = {"ok": False, "status": getattr(failure, "code", 0), "detail": str(failure)}
print(json.dumps(report, separators=(",", ":")))
