"""A loopback server for both contestants: every feed with validators under /v/, without under /n/.

Answers are made before the first request, so that the server costs both as little as it can.
Prints its port; it listens on 127.0.0.1 to 127.0.0.5, five hosts to whoever spaces requests.
GET /log answers (host, time) of every request so far as JSON.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
import time

from tests.benchmarks.ingest.feeds import FEEDS, document

HOSTS = tuple(f"127.0.0.{n}" for n in range(1, 6))
LOG: list[tuple[str, float]] = []


def answers() -> dict[str, tuple[bytes, bytes, str]]:
    """path → (whole answer, answer when the validator matches, validator)."""
    made = {}
    for number in range(FEEDS):
        body, kind = document(number)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        plain = head.encode() + b"Connection: close\r\n\r\n" + body
        tagged = f"{head}ETag: {etag}\r\nConnection: close\r\n\r\n".encode() + body
        same = f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\nConnection: close\r\n\r\n".encode()
        made[f"/v/{number}.xml"] = (tagged, same, etag)
        made[f"/n/{number}.xml"] = (plain, b"", "")
    return made


async def main() -> None:
    made = answers()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
            return
        path = head.split(" ", 2)[1]
        host = next((x[6:] for x in head.split("\r\n") if x.lower().startswith("host: ")), "")
        if path == "/log":
            body = json.dumps(LOG).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        else:
            LOG.append((host, time.monotonic()))
            whole, same, etag = made[path]
            writer.write(same if etag and etag in head else whole)
        await writer.drain()
        writer.close()

    first = await asyncio.start_server(answer, HOSTS[0], 0, backlog=512)
    port = first.sockets[0].getsockname()[1]
    others = [await asyncio.start_server(answer, host, port, backlog=512) for host in HOSTS[1:]]
    print(port, flush=True)
    async with first:
        await asyncio.gather(*(server.serve_forever() for server in (first, *others)))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
