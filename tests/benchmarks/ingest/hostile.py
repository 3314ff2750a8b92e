"""`make hostile-ingest`: the real worker on a server that means harm; DATA= adds a folder of files.

Each feed ends in a reason within its deadline, the good feeds between them are read, and no process
of the worker grows beyond 300 MB.
"""

from __future__ import annotations

import gzip
import importlib
import json
import os
import socket
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from config import local
from tests.ingestion.server import Server, serving

FILES = Path(__file__).resolve().parents[2] / "ingestion" / "data" / "malformed"
ITEM = "<item><title>Item {n}</title><link>http://e.org/{n}</link><guid>{n}</guid>{more}</item>"
MB = 1_000_000
# The fetch's deadline and the parser's, and what a busy machine adds.
LONGEST_SECONDS = 50


def rss(count: int, more: str = "") -> bytes:
    items = "".join(ITEM.format(n=n, more=more) for n in range(count))
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


def bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(bytes(4 * MB)) for _ in range(100)), packer.flush()])


def hostile(server: Server) -> Iterator[str]:
    """Addresses of feeds that harm: what never ends, what is too large, what leads elsewhere."""

    def endless(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n<rss><channel>")
        while not server.done.is_set():
            peer.sendall(b"<item><title>x</title></item>" * 1000)

    def drip(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not server.done.wait(1):
            peer.sendall(b"<")

    deep = 200_000
    many = rss(200_000)
    yield server.does("/endless", endless)
    yield server.does("/drip", drip)
    yield server.says("/bomb", bomb(), Content_Encoding="gzip")
    yield server.says("/many", many)
    yield server.says("/many-packed", gzip.compress(many), Content_Encoding="gzip")
    large = gzip.compress(rss(4_500, "<description>" + "word " * 800 + "</description>"))
    yield server.says("/large", large, Content_Encoding="gzip")
    yield server.says("/unsaid", large)
    yield server.says("/attributes", b"<rss><channel><item " + b"a='1' " * 170_000 + b">x")
    yield server.says("/deep", b"<rss><channel>" + b"<a>" * 500_000)
    yield server.says(
        "/deep-closed", rss(1, "<author>" + "<a>" * deep + "</a>" * deep + "</author>")
    )
    server.says("/back", status=302, Location="/circle")
    yield server.says("/circle", status=302, Location="/back")
    yield server.says("/home", status=302, Location="http://127.0.0.1/")
    yield server.says("/mapped", status=302, Location="http://[::ffff:10.0.0.1]/")


def main() -> None:
    folders = [FILES, *map(Path, sys.argv[1:])]
    os.environ["LOCAL_STATE"] = str(local.BASE_DIR / ".local" / "bench")
    with ExitStack() as stack:
        stack.enter_context(local.environment())
        server = stack.enter_context(serving())
        os.environ |= {"FETCH_ALLOW": server.address, "HOST_SPACING": "0", "LOG_LEVEL": "CRITICAL"}
        _set_up()
        bad = list(hostile(server))
        files = [file for folder in folders for file in sorted(folder.iterdir()) if file.is_file()]
        odd = [server.says(f"/file/{n}", file.read_bytes()) for n, file in enumerate(files)]
        good = [server.says(f"/good/{n}", rss(5)) for n in range(20)]
        _poll(stack, bad, [*odd, *good], good)


def _poll(stack: ExitStack, bad: list[str], others: list[str], good: list[str]) -> None:
    from events.models import Feed, FeedRun  # noqa: PLC0415 - after django.setup()
    from tests.benchmarks.ingest.ours import Ours  # noqa: PLC0415

    ours = Ours(stack, good)
    ours.peak = 0
    ours.prepare([*bad, *others])
    began = time.monotonic()
    Feed.objects.update(is_enabled=True)
    ours.ask()
    while FeedRun.objects.count() < len(bad) + len(others):
        assert time.monotonic() - began < 5 * LONGEST_SECONDS, "a poll does not end"
        time.sleep(0.2)
    for run in FeedRun.objects.order_by("feed"):
        seconds = (run.finished_at - run.started_at).total_seconds()
        assert seconds < LONGEST_SECONDS, f"{run.feed.url}: {seconds} s"
        if run.feed.url in bad:
            print(f"# {run.feed.url.rpartition('/')[2]}: {run.error or run.note or run.new}")
    read = FeedRun.objects.filter(feed__url__in=good, outcome="ok").count()
    assert read == len(good), f"{read} of {len(good)} good feeds were read"
    _say("good_feeds_read", read, "feeds")
    _say("peak_mb", round(ours.peak), "MB of one process")
    _say("seconds", round(time.monotonic() - began), "s")
    assert ours.peak < 300


def _say(name: str, value: float, unit: str) -> None:
    print(
        json.dumps({"name": f"ingest.hostile.{name}", "value": value, "unit": unit, "peer": None})
    )


def _set_up() -> None:
    import django  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    importlib.import_module("config.celery").app.set_default()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main()
