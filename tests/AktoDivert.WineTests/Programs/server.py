"""TLS servers of the namespace that plays the Internet: each line of a connection asks for bytes and says what was sent.

server.py CERTIFICATE KEY ADDRESS...: on port 443 of each address. A client sends "UP DOWN\n" and UP bytes; the answer is a line with the
peer's port and the SHA-256 of what arrived, then DOWN bytes.
"""
import asyncio
import hashlib
import ssl
import sys

PATTERN = bytes(range(251)) * 300


async def serve(reader, writer):
    try:
        up, down = map(int, (await reader.readline()).split())
        digest = hashlib.sha256()
        while up > 0:
            part = await reader.read(min(up, 65536))
            if not part:
                return
            digest.update(part)
            up -= len(part)
        peer = writer.get_extra_info("peername")
        writer.write(f"{peer[1]} {digest.hexdigest()}\n".encode())
        while down > 0:
            part = PATTERN[:min(down, len(PATTERN))]
            writer.write(part)
            await writer.drain()
            down -= len(part)
        writer.close()
        await writer.wait_closed()
    except (OSError, ValueError, ssl.SSLError):
        writer.close()


async def main(certificate, key, addresses):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    servers = [await asyncio.start_server(serve, address, 443, ssl=context, backlog=1024) for address in addresses]
    print("ready", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
