"""Polls from claim to stored rows: the stages in order, and nothing else."""

from __future__ import annotations

import dataclasses
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from functools import cache
from itertools import islice

from django.db import DataError, IntegrityError

from events.ingestion.claims import postpone
from events.ingestion.reading import Answer, Clock, Parse, Reading, after_failure, read
from events.ingestion.store import (
    Brought,
    ClaimLost,
    Judge,
    Poll,
    accept,
    store_outcomes,
    store_polls,
)
from events.ingestion.types import (
    FeedRequest,
    Fetched,
    FetchError,
    HostBusy,
    IngestResult,
    NotModified,
    ParseError,
)
from events.models import Feed

logger = logging.getLogger(__name__)

Fetch = Callable[[FeedRequest], Fetched | NotModified]

# Feeds waited for at the same time by one worker process.
AT_ONCE = 4


# Entries kept in memory before they are stored although more are about to come.
STORED_AT_ONCE = 1000
# What is read waits this long for the next answer, to be stored together with it.
GATHER_SECONDS = 0.02


def ingest_feed(
    feed: Feed, *, fetch: Fetch, parse: Parse, now: Clock, judge: Judge = accept
) -> IngestResult:
    """Poll one claimed feed and store what came. Raises HostBusy and ClaimLost."""
    reading = read(feed, _fetched(feed, fetch, now), parse=parse, now=now)
    waiting = _Waiting(lambda feed: judge, now)
    waiting.add(reading)
    if not waiting.store():
        raise ClaimLost(f"feed {feed.pk} belongs to another poll by now")
    return reading.result


def ingest_feeds(
    feeds: Sequence[Feed],
    *,
    fetch: Fetch,
    parse: Parse,
    now: Clock,
    judge: Callable[[Feed], Judge] = lambda feed: accept,
) -> list[IngestResult]:
    """Poll a handful of claimed feeds: several are waited for at once and stored together.

    Nothing that is read waits for a slow server: what there is is stored before. A feed whose host
    is busy gets its claim back for later; a lost claim stores nothing.
    """
    results = []
    waiting = _Waiting(judge, now)
    for answered in _fetched_together(feeds, fetch, now):
        if answered is None or waiting.entries > STORED_AT_ONCE:
            waiting.store_entries()
        if answered is None:
            continue
        feed, answer = answered
        if isinstance(answer.outcome, HostBusy):
            postpone(feed, now() + answer.outcome.wait)
            continue
        reading = read(feed, answer, parse=parse, now=now)
        del answer, answered  # its body may be 20 MB
        results.append(reading.result)
        waiting.add(reading)
    waiting.store()
    return results


class _Waiting:
    """Polls that were read and are yet to be stored."""

    def __init__(self, judge: Callable[[Feed], Judge], now: Clock) -> None:
        self._judge = judge
        self._now = now
        self._brought: list[Brought] = []
        self._outcomes: list[tuple[Poll, IngestResult]] = []
        self.entries = 0

    def add(self, reading: Reading) -> None:
        if reading.drafts is None:
            self._outcomes.append((reading.poll, reading.result))
        else:
            judge = self._judge(reading.poll.feed)
            self._brought.append(Brought(reading.poll, reading.result, reading.drafts, judge))
            self.entries += len(reading.drafts)

    def store(self) -> set[int]:
        """Ids of the feeds whose poll was stored; the claims of the others were lost."""
        stored = self.store_entries()
        outcomes, self._outcomes = self._outcomes, []
        stored |= store_outcomes(outcomes)
        for poll, result in outcomes:
            log(poll.feed, result, is_stored=poll.feed.pk in stored)
        return stored

    def store_entries(self) -> set[int]:
        """As store(), but what brought nothing waits: it can be told at the end, in one piece."""
        brought, self._brought, self.entries = self._brought, [], 0
        return self._store(brought) if brought else set()

    def _store(self, brought: Sequence[Brought]) -> set[int]:
        try:
            stored = store_polls(brought)
        except (DataError, IntegrityError) as error:
            # One feed brought what the database refuses: the others shall not suffer for it.
            if len(brought) > 1:
                return set().union(*(self._store([each]) for each in brought))
            self._refused(brought[0], error)
            return set()
        for each in brought:
            log(each.poll.feed, each.result, is_stored=each.poll.feed.pk in stored)
        return stored

    def _refused(self, each: Brought, error: Exception) -> None:
        logger.error("feed=%s cannot be stored", each.poll.feed.pk, exc_info=error)
        why = str(error).partition("\n")[0]
        refused = ParseError(f"What it brought cannot be stored ({why}).")
        values = after_failure(each.poll.feed, refused, each.result, self._now())
        self._outcomes.append((dataclasses.replace(each.poll, values=values), each.result))


# Asking ---------------------------------------------------------------------------------------


def _fetched(feed: Feed, fetch: Fetch, now: Clock) -> Answer:
    """Ask for one feed. Raises HostBusy."""
    began_at = now()
    try:
        request = FeedRequest(feed.url, etag=feed.etag, last_modified=feed.last_modified)
        return Answer(began_at, fetch(request))
    except FetchError as error:
        return Answer(began_at, error)


def _fetched_together(
    feeds: Sequence[Feed], fetch: Fetch, now: Clock
) -> Iterator[tuple[Feed, Answer] | None]:
    """Answers as they come, None before the next one has to be waited for.

    No more are asked for than are worked on: bodies are large.
    """

    def ask(feed: Feed) -> Answer:
        try:
            return _fetched(feed, fetch, now)
        except HostBusy as busy:
            return Answer(now(), busy)

    waiting = iter(feeds)
    pool = _pool(os.getpid())
    running = {pool.submit(ask, feed): feed for feed in islice(waiting, AT_ONCE)}
    while running:
        done, _ = wait(running, GATHER_SECONDS, FIRST_COMPLETED)
        if not done:
            yield None
            done, _ = wait(running, return_when=FIRST_COMPLETED)
        while done:  # nothing here keeps a body that was read
            future = done.pop()
            yield running.pop(future), future.result()
            del future
            running |= {pool.submit(ask, another): another for another in islice(waiting, 1)}


@cache
def _pool(process: int) -> ThreadPoolExecutor:
    """The threads that wait for servers; a fork has to make its own."""
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="fetch")


def log(feed: Feed, result: IngestResult, *, is_stored: bool) -> None:
    logger.info(
        "feed=%s outcome=%s status=%s new=%s updated=%s known=%s rejected=%s bytes=%s %s%s",
        feed.pk,
        result.outcome,
        result.status,
        result.new,
        result.updated,
        result.known,
        result.rejected,
        result.byte_count,
        result.error or feed.url,
        "" if is_stored else " (another worker owns it by now: not stored)",
    )
