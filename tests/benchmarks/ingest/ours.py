"""Our worker as `make run` starts it, and the rows that say what it has done."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import psutil
from django.db import connection

from events.models import Entry, Feed, FeedRun
from events.tasks import poll_feeds

ROOT = Path(__file__).resolve().parents[3]
LONG_AGO = "2020-01-01T00:00Z"
# A worker that says nothing for this long is asked again: its message was lost.
ASK_AGAIN_SECONDS = 5


class Ours:
    """A worker of two processes, started and warm: both have imported, and have their parser."""

    def __init__(self, stack: ExitStack, warm_up: Sequence[str]) -> None:
        options = ["-A", "tests.benchmarks.ingest.worker", "worker", "-c", "2", "-Q", "celery"]
        self.worker = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", *options),
                *("--loglevel", "ERROR", "--without-gossip", "--without-mingle"),
            ],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        stack.callback(self.worker.wait, 20)
        stack.callback(self.worker.terminate)
        self.peak = 0.0
        threading.Thread(target=self._watch, daemon=True).start()
        for _ in range(2):
            self.prepare(warm_up)
            self.round()

    def _watch(self) -> None:
        """The largest any one process of ours became, parser children included."""
        while self.worker.poll() is None:
            try:
                parent = psutil.Process(self.worker.pid)
                tree = [parent, *parent.children(recursive=True)]
                sizes = [process.memory_info().rss for process in tree]
            except psutil.Error:
                continue
            self.peak = max([self.peak, *(size / 2**20 for size in sizes)])
            time.sleep(0.1)

    def prepare(self, urls: Sequence[str]) -> None:
        """An empty database that knows these feeds."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SET record.may_truncate = 'on'; TRUNCATE events_feed, events_source CASCADE"
            )
        Feed.objects.bulk_create(Feed(url=url, is_enabled=False) for url in urls)

    def ask(self) -> None:
        poll_feeds.delay()

    def round(self) -> tuple[float, int]:
        """Poll all feeds once; (seconds, entries known now)."""
        count = Feed.objects.count()
        Feed.objects.update(is_enabled=True, next_poll_at=LONG_AGO, claimed_until=None)
        before = FeedRun.objects.count()
        began = time.perf_counter()
        poll_feeds.delay()
        asked_at = began
        while FeedRun.objects.count() - before < count:
            time.sleep(0.01)
            if time.perf_counter() - asked_at > ASK_AGAIN_SECONDS:
                asked_at = time.perf_counter()
                poll_feeds.delay()
        seconds = time.perf_counter() - began
        Feed.objects.update(is_enabled=False)
        failed = FeedRun.objects.filter(outcome="failed").first()
        assert failed is None, failed.error
        return seconds, Entry.objects.count()
