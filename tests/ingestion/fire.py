"""A worker that polls slow feeds, is killed at random moments and started again; and the count.

Used by the test of the suite, with a few kills, and by `make fault-ingest`, with fifty.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import Count, Sum
from django.utils import timezone
from redis import Redis

from events.ingestion import workers
from events.models import Entry, Feed, FeedRun, Source
from tests.ingestion.server import Server, serving

ROOT = Path(__file__).resolve().parents[2]
QUEUE = "under-fire"
KEPT_BY_THE_BROKER = (QUEUE, f"{QUEUE}-placing", "unacked", "unacked_index")
PATIENCE_SECONDS = 120.0
ASKED_EVERY_SECONDS = 0.5
ITEM = (
    "<item><guid>{feed}-{n}</guid><title>Item {n} of feed {feed}</title>"
    "<link>https://outlet-{feed}.example.org/{n}</link>"
    "<pubDate>Mon, 20 Jan 2025 12:00:00 GMT</pubDate></item>"
)


class Fire:
    """`feeds` feeds of `entries` entries each, on a server that takes up to `slowness` seconds."""

    def __init__(
        self, server: Server, environment: dict[str, str], dice: random.Random, *, slowness: float
    ) -> None:
        self.server = server
        self.environment = environment
        self.dice = dice
        self.slowness = slowness
        self.edition = 0
        self.asked_at = 0.0
        self.kills = 0
        self.kills_at_first = 0
        self.worker: subprocess.Popen[bytes] | None = None

    def light(self, feeds: int, entries: int) -> None:
        self.expected = feeds * entries
        rows = []
        for number in range(feeds):
            url = self.server.does(f"/{number}.xml", self._answers(number, entries))
            rows.append(Feed(url=url))
        Feed.objects.bulk_create(rows)

    def _answers(self, feed: int, entries: int) -> Callable[[socket.socket], None]:
        items = "".join(ITEM.format(feed=feed, n=n) for n in range(entries))

        def answer(peer: socket.socket) -> None:
            self.server.done.wait(self.dice.random() * self.slowness)
            body = (
                f'<rss version="2.0"><channel><title>{feed}</title>'
                f"<description>{self.edition}</description>{items}</channel></rss>"
            )
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
            peer.sendall((head + body).encode())

        return answer

    # The worker

    def start(self) -> None:
        options = ["-A", "tests.ingestion.fire_worker", "worker", "-c", "2", "-Q", QUEUE]
        self.worker = subprocess.Popen(
            [sys.executable, "-m", "celery", *options, "--without-gossip", "--without-mingle"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def stop(self) -> None:
        if self.worker is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait()

    def kill_process(self) -> None:
        """One of the worker's two processes; the worker forks another."""
        assert self.worker is not None
        self.wait_until(self._kill_one, "a forked process")
        self.kills += 1

    def _kill_one(self) -> bool:
        """Whether there was one to kill; processes come and go while one looks."""
        assert self.worker is not None
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(self.worker.pid).children()
            self.dice.shuffle(children)
            for child in children:
                with suppress(psutil.NoSuchProcess):
                    if child.status() != psutil.STATUS_ZOMBIE:
                        child.kill()
                        return True
        return False

    def kill_parent(self) -> None:
        """The worker's first process: its children finish what they do, beside the next worker."""
        assert self.worker is not None
        self.worker.kill()
        self.worker.wait()
        self.start()
        self.kills += 1

    def kill_all(self) -> None:
        """Everything at once, as a power cut does."""
        self.stop()
        self.start()
        self.kills += 1

    # What goes on

    def ask(self) -> None:
        """What beat does every 15 seconds."""
        if time.monotonic() < self.asked_at + ASKED_EVERY_SECONDS:
            return
        self.asked_at = time.monotonic()
        with suppress(workers.Unreachable):
            workers.send_to(QUEUE, workers.POLL_FEEDS)

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _answered(holds):
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} did not happen within {PATIENCE_SECONDS:g} seconds")
            self._supervise()
            self.ask()
            self.server.done.wait(0.1)

    def _supervise(self) -> None:
        """Celery's parent gives up when a process dies before it is up: somebody restarts it."""
        if self.worker is not None and self.worker.poll() is not None:
            self.start()

    def is_polling(self) -> bool:
        return Feed.objects.filter(claimed_until__gt=timezone.now()).exists()

    def burn(self, blows: Sequence[Callable[[], None]]) -> None:
        """Strike each blow at a random moment of a poll."""
        for blow in blows:
            self.wait_until(lambda: self.is_polling() or self.is_over(), "a poll")
            if self.is_over():
                self.again()
                self.wait_until(self.is_polling, "a poll")
            self.server.done.wait(self.dice.random() * self.slowness)
            blow()
        self.wait_until(self.is_over, "the end of all polls")

    def is_over(self) -> bool:
        return not Feed.objects.filter(next_poll_at__lte=timezone.now()).exists() and (
            not Feed.objects.filter(claimed_until__isnull=False).exists()
        )

    def again(self) -> None:
        """Every feed changes by a word and is due; its entries are the same."""
        self.kills_at_first = self.kills_at_first or self.kills
        self.edition += 1
        Feed.objects.update(next_poll_at=timezone.now())

    # The count

    def check(self) -> None:
        urls = Source.objects.values("canonical_url").annotate(n=Count("pk")).filter(n__gt=1)
        assert not urls.exists(), f"twice: {list(urls[:3])}"
        assert Source.objects.count() == self.expected
        assert Entry.objects.count() == self.expected
        assert not Entry.objects.filter(source__isnull=True).exists()
        told = FeedRun.objects.aggregate(new=Sum("new"))["new"]
        assert told == self.expected, f"polls tell of {told} new entries"
        assert not Feed.objects.filter(last_success_at__isnull=True).exists()
        assert not Feed.objects.filter(failure_count__gt=0).exists()
        assert not Feed.objects.filter(claimed_until__isnull=False).exists()


def _answered(holds: Callable[[], bool]) -> bool:
    """A database that is just being started again has no answer."""
    try:
        return holds()
    except OperationalError:
        connection.close()
        return False


def _forget_messages() -> None:
    with Redis.from_url(settings.REDIS_URL) as broker:
        broker.delete(*KEPT_BY_THE_BROKER)


@contextmanager
def fire(
    database_url: str, *, feeds: int, entries: int, slowness: float, seed: int
) -> Iterator[Fire]:
    with serving() as server:
        environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "FETCH_ALLOW": server.address,
            "HOST_SPACING": "0",
            "LOG_LEVEL": "ERROR",
        }
        burning = Fire(server, environment, random.Random(seed), slowness=slowness)
        burning.light(feeds, entries)
        burning.start()
        try:
            yield burning
        finally:
            burning.stop()
            _forget_messages()
