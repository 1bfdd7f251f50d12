"""A Linux program whose connections are reported to the stand-in as those of a Windows process.

client.py PID ADDRESS HOST CERTIFICATE UP DOWN COUNT EVENT_PORT: makes COUNT connections at once. PID 0: nothing is reported. Prints a JSON
line per connection.
"""
import asyncio
import hashlib
import json
import socket
import ssl
import sys

PATTERN = bytes(range(251)) * 300
LOCAL = "10.77.0.2"


def report(verb, pid, port, address, event_port, protocol="tcp"):
    if pid == 0:
        return "none"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as events:
        events.settimeout(5)
        events.sendto(f"{verb} {protocol} {pid} {LOCAL} {port} {address} 443".encode(), ("127.0.0.1", event_port))
        return events.recv(64).decode()


async def connect(pid, address, host, certificate, up, down, event_port):
    context = ssl.create_default_context(cafile=certificate)
    sock = socket.socket()
    sock.setblocking(False)
    sock.bind((LOCAL, 0))
    port = sock.getsockname()[1]
    report("connect", pid, port, address, event_port)
    loop = asyncio.get_running_loop()
    start = loop.time()
    await asyncio.wait_for(loop.sock_connect(sock, (address, 443)), 20)
    connected = loop.time() - start
    reader, writer = await asyncio.open_connection(sock=sock, ssl=context, server_hostname=host)
    sent = hashlib.sha256()
    writer.write(f"{up} {down}\n".encode())
    left = up
    while left > 0:
        part = PATTERN[:min(left, len(PATTERN))]
        sent.update(part)
        writer.write(part)
        await writer.drain()
        left -= len(part)
    seen_port, arrived = (await reader.readline()).decode().split()
    got = hashlib.sha256()
    left = down
    while left > 0:
        part = await reader.read(65536)
        if not part:
            break
        got.update(part)
        left -= len(part)
    expected = hashlib.sha256()
    left = down
    while left > 0:
        part = PATTERN[:min(left, len(PATTERN))]
        expected.update(part)
        left -= len(part)
    version = writer.get_extra_info("ssl_object").version()
    writer.close()
    report("close", pid, port, address, event_port)
    return {
        "port": port, "seenPort": int(seen_port), "upEqual": arrived == sent.hexdigest(), "downEqual": got.hexdigest() == expected.hexdigest(),
        "connectMilliseconds": connected * 1000, "tls": version,
    }


async def main():
    pid, address, host, certificate, up, down, count, event_port = sys.argv[1:9]
    results = await asyncio.gather(
        *(connect(int(pid), address, host, certificate, int(up), int(down), int(event_port)) for _ in range(int(count))), return_exceptions=True)
    for result in results:
        print(json.dumps(result if isinstance(result, dict) else {"fault": repr(result)}))


if sys.argv[1] == "event":
    print(report(sys.argv[2], int(sys.argv[4]), int(sys.argv[5]), sys.argv[6], int(sys.argv[7]), sys.argv[3]))
else:
    asyncio.run(main())
