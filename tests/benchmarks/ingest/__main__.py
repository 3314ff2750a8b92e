"""`make bench-ingest`: our worker and `reader`, alternating, on one loopback server.

First poll, and forced re-poll of unchanged feeds with (v) and without (n) validators. Ours is the
real worker with two processes, PostgreSQL, and everything through identification.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil

from config import local
from tests.benchmarks.ingest.feeds import FEEDS

ROOT = Path(__file__).resolve().parents[3]
PEER = ROOT / ".local" / "bench-venv" / "bin" / "python"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "2"))
COUNT = int(os.environ.get("BENCH_FEEDS", str(FEEDS)))
SPACING = 0.5


def say(name: str, value: float, **more: Any) -> None:
    print(json.dumps({"name": name, "value": round(value, 2), **more}), flush=True)


class Ours:
    """The worker, and the rows that say what it has done."""

    def __init__(self, base: str, stack: ExitStack) -> None:
        self.base = base
        self.worker = stack.enter_context(_process(_worker_command()))
        self.peak = 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        """The largest any one process of ours became, parser children included."""
        while self.worker.poll() is None:
            try:
                tree = psutil.Process(self.worker.pid).children(recursive=True)
                sizes = [process.memory_info().rss for process in tree]
            except psutil.Error:
                continue
            self.peak = max([self.peak, *(size / 2**20 for size in sizes)])
            time.sleep(0.1)

    def prepare(self, kind: str, count: int, hosts: int = 1) -> None:
        from events.models import Feed  # noqa: PLC0415 - after django.setup()

        _empty()
        port = self.base.rpartition(":")[2]
        Feed.objects.bulk_create(
            Feed(url=f"http://127.0.0.{1 + n % hosts}:{port}/{kind}/{n}.xml", is_enabled=False)
            for n in range(count)
        )

    def round(self) -> tuple[float, int]:
        """Poll all feeds once; (seconds, entries known now)."""
        from events.models import Entry, Feed, FeedRun  # noqa: PLC0415
        from events.tasks import poll_feeds  # noqa: PLC0415

        count = Feed.objects.count()
        Feed.objects.update(is_enabled=True, next_poll_at="2020-01-01T00:00Z", claimed_until=None)
        before = FeedRun.objects.count()
        began = time.perf_counter()
        done = 0
        poll_feeds.delay()
        while done < count:
            time.sleep(0.02)
            now_done = FeedRun.objects.count() - before
            if now_done == done and Feed.objects.filter(next_poll_at__year=2020).exists():
                poll_feeds.delay()
            done = now_done
        seconds = time.perf_counter() - began
        Feed.objects.update(is_enabled=False)
        failed = FeedRun.objects.filter(outcome="failed").first()
        assert failed is None, failed.error
        return seconds, Entry.objects.count()


def _worker_command() -> list[str]:
    options = ["-A", "tests.benchmarks.ingest.worker", "worker", "-c", "2", "-Q", "celery"]
    return [
        *(sys.executable, "-m", "celery", *options),
        *("--loglevel", "ERROR", "--without-gossip", "--without-mingle"),
    ]


def _process(command: list[str]) -> Any:
    process = subprocess.Popen(command, cwd=ROOT)
    stack = ExitStack()
    stack.callback(process.wait, 20)
    stack.callback(process.terminate)
    process_context = _Ending(process, stack)
    return process_context


class _Ending:
    def __init__(self, process: subprocess.Popen[bytes], stack: ExitStack) -> None:
        self._process, self._stack = process, stack

    def __enter__(self) -> subprocess.Popen[bytes]:
        return self._process

    def __exit__(self, *exception: object) -> None:
        self._stack.close()


def _empty() -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(
            "SET record.may_truncate = 'on'; TRUNCATE events_feed, events_source CASCADE"
        )


def peer(base: str, folder: str, kind: str, name: str) -> dict[str, Any]:
    command = [str(PEER), str(ROOT / "tests/benchmarks/ingest/peer.py")]
    done = subprocess.run(
        [*command, base, str(COUNT), folder, kind, name], capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"reader failed: {done.stderr[-500:]}")
    return dict(json.loads(done.stdout))


def compare(ours: Ours, base: str) -> None:
    rates: dict[str, list[float]] = {}
    reader_peak = 0.0
    for _ in range(ROUNDS):
        for kind in ("v", "n"):
            with tempfile.TemporaryDirectory() as folder:
                ours.prepare(kind, COUNT)
                for name in ("first", "again"):
                    seconds, entries = ours.round()
                    theirs = peer(base, folder, kind, name)
                    assert theirs["entries"] == entries, (theirs, entries)
                    reader_peak = max(reader_peak, theirs["peak_mb"])
                    amount = entries if name == "first" else COUNT
                    rates.setdefault(f"ours {kind} {name}", []).append(amount / seconds)
                    rates.setdefault(f"reader {kind} {name}", []).append(amount / theirs["seconds"])
    middle = {name: statistics.median(values) for name, values in rates.items()}
    for kind, words in (("v", "with validators"), ("n", "without validators")):
        for name, unit in (("first", "entries/s"), ("again", "feeds/s")):
            poll = f"{'first_poll' if name == 'first' else 'repoll'}"
            mine, other = middle[f"ours {kind} {name}"], middle[f"reader {kind} {name}"]
            say(f"ingest.{poll}", mine, unit=unit, feeds=words)
            say(f"ingest.reader_{poll}", other, unit=unit, feeds=words)
            say(f"ingest.{poll}_vs_reader", mine / other, unit="times", feeds=words)
    say("ingest.peak_mb", ours.peak, unit="MB of one process")
    say("ingest.reader_peak_mb", reader_peak, unit="MB of one process")


def spacing(base: str) -> None:
    """What the server saw of the time between two requests to one host."""
    with urllib.request.urlopen(f"{base}/log") as answer:
        log: list[tuple[str, float]] = json.load(answer)
    times: dict[str, list[float]] = {}
    for host, at in log:
        times.setdefault(host, []).append(at)
    gaps = [b - a for seen in times.values() for a, b in pairwise(seen)]
    say("ingest.smallest_gap", min(gaps), unit="s", spacing=SPACING, hosts=len(times))


def main() -> None:
    if not PEER.exists():
        sys.exit(f"reader is not installed: make bench-ingest installs it ({PEER} is missing).")
    os.environ["LOCAL_STATE"] = str(ROOT / ".local" / "bench")
    with ExitStack() as stack:
        stack.enter_context(local.environment())
        os.environ["LOG_LEVEL"] = "ERROR"
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.ingest.server"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(server.kill)
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        base = f"http://127.0.0.1:{port}"
        os.environ["FETCH_ALLOW"] = ",".join(f"127.0.0.{n}:{port}" for n in range(1, 6))
        os.environ["HOST_SPACING"] = "0"
        _set_up()
        with ExitStack() as running:
            compare(Ours(base, running), base)


def _set_up() -> None:
    import django  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    importlib.import_module("config.celery").app.set_default()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main()
