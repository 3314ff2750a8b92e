"""One poll of one feed, from claim to stored rows: the stages in order, and nothing else.

The only place that catches FetchError and ParseError: they end in the feed's row as a sentence
and a later `next_poll_at`, never in a lost feed.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

from events.ingestion import health, schedule
from events.ingestion.claims import postpone
from events.ingestion.normalize import normalize
from events.ingestion.store import ClaimLost, Judge, Poll, accept, store_entries, store_outcomes
from events.ingestion.types import (
    EntryDraft,
    FeedRequest,
    Fetched,
    FetchError,
    HostBusy,
    IngestResult,
    NotModified,
    ParsedFeed,
    ParseError,
)
from events.models import Feed

logger = logging.getLogger(__name__)

Fetch = Callable[[FeedRequest], Fetched | NotModified]
Parse = Callable[[bytes, str, str], ParsedFeed]
Clock = Callable[[], datetime.datetime]

# Feeds waited for at the same time by one worker process.
AT_ONCE = 4
# Part of the hash of a body: a better reader shall read again what it has seen before.
READER_VERSION = b"1:"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a poll came to before anything is stored; `drafts` is None if there is nothing new."""

    poll: Poll
    result: IngestResult
    drafts: list[EntryDraft] | None


def ingest_feed(
    feed: Feed, *, fetch: Fetch, parse: Parse, now: Clock, judge: Judge = accept
) -> IngestResult:
    """Poll one claimed feed and store what came. Raises HostBusy and ClaimLost."""
    reading = read(feed, _fetched(feed, fetch, now), parse=parse, now=now)
    if reading.drafts is None:
        store_outcomes([(reading.poll, reading.result)])
    else:
        store_entries(reading.poll, reading.drafts, reading.result, judge)
    log(feed, reading.result)
    return reading.result


def ingest_feeds(
    feeds: Sequence[Feed],
    *,
    fetch: Fetch,
    parse: Parse,
    now: Clock,
    judge: Callable[[Feed], Judge] = lambda feed: accept,
) -> list[IngestResult]:
    """Poll a handful of claimed feeds: several are waited for at once, one is stored at a time.

    A feed whose host is busy gets its claim back for later; a lost claim stores nothing.
    """
    results = []
    unchanged = []
    for feed, answer in _fetched_together(feeds, fetch, now):
        if isinstance(answer.outcome, HostBusy):
            postpone(feed, now() + answer.outcome.wait)
            continue
        reading = read(feed, answer, parse=parse, now=now)
        results.append(reading.result)
        if reading.drafts is None:
            unchanged.append((reading.poll, reading.result))
        else:
            with suppress(ClaimLost):
                store_entries(reading.poll, reading.drafts, reading.result, judge(feed))
        log(feed, reading.result)
    store_outcomes(unchanged)
    return results


# Asking ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Answer:
    began_at: datetime.datetime
    outcome: Fetched | NotModified | FetchError | HostBusy


def _fetched(feed: Feed, fetch: Fetch, now: Clock) -> _Answer:
    """Ask for one feed. Raises HostBusy."""
    began_at = now()
    try:
        request = FeedRequest(feed.url, etag=feed.etag, last_modified=feed.last_modified)
        return _Answer(began_at, fetch(request))
    except FetchError as error:
        return _Answer(began_at, error)


def _fetched_together(
    feeds: Sequence[Feed], fetch: Fetch, now: Clock
) -> Iterator[tuple[Feed, _Answer]]:
    """Answers as they come. No more are asked for than are worked on: bodies are large."""

    def ask(feed: Feed) -> _Answer:
        try:
            return _fetched(feed, fetch, now)
        except HostBusy as busy:
            return _Answer(now(), busy)

    waiting = iter(feeds)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = {pool.submit(ask, feed): feed for feed in islice(waiting, AT_ONCE)}
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                feed = running.pop(future)
                yield feed, future.result()
                running |= {pool.submit(ask, another): another for another in islice(waiting, 1)}


# Reading --------------------------------------------------------------------------------------


def read(feed: Feed, answer: _Answer, *, parse: Parse, now: Clock) -> Reading:
    """Turn an answer into what the feed's row becomes, and drafts. Stores nothing."""
    assert feed.claimed_until is not None, "claim the feed first"
    result = IngestResult(url=feed.url)
    drafts: list[EntryDraft] | None = None
    try:
        if isinstance(answer.outcome, FetchError | HostBusy):
            raise answer.outcome
        values, drafts = _read(feed, answer.outcome, result, parse, now())
    except (FetchError, ParseError) as error:
        values = _after_failure(feed, error, result, now())
    values |= {"last_polled_at": now(), "last_status": result.status}
    poll = Poll(feed, feed.claimed_until, answer.began_at, now(), values)
    return Reading(poll, result, drafts)


def _read(
    feed: Feed,
    answer: Fetched | NotModified,
    result: IngestResult,
    parse: Parse,
    now: datetime.datetime,
) -> tuple[dict[str, Any], list[EntryDraft] | None]:
    result.status, result.byte_count = answer.status, answer.byte_count
    values = _after_answer(feed, answer, now)
    drafts = None
    interval, ttl = feed.interval, feed.ttl
    if isinstance(answer, NotModified) or (body_hash := _body_hash(answer)) == feed.body_hash:
        result.outcome = "not-modified"
    else:
        parsed = parse(answer.body, answer.url, answer.content_type)
        drafts = normalize(parsed, now)
        result.note = "; ".join(filter(None, (parsed.note, *parsed.broken[:5])))
        dates = _dates(drafts)
        interval, ttl = schedule.rhythm(dates, now), parsed.ttl
        values |= _about(feed, parsed) | {"body_hash": body_hash, "ttl": ttl}
        values["newest_entry_at"] = max(dates, default=feed.newest_entry_at)
        values["usual_gap"] = health.usual_gap(dates)
    plan = schedule.after_success(interval, answer.hints, ttl, now=now, spread=random.random())
    values |= {
        "failure_count": 0,
        "last_error": "",
        "last_success_at": now,
        "interval": plan.interval,
        "next_poll_at": plan.next_poll_at,
    }
    return values, drafts


def log(feed: Feed, result: IngestResult) -> None:
    logger.info(
        "feed=%s outcome=%s status=%s new=%s updated=%s known=%s rejected=%s bytes=%s %s",
        feed.pk,
        result.outcome,
        result.status,
        result.new,
        result.updated,
        result.known,
        result.rejected,
        result.byte_count,
        result.error or feed.url,
    )


def _body_hash(answer: Fetched) -> str:
    return hashlib.sha256(READER_VERSION + answer.body).hexdigest()


def _dates(drafts: list[EntryDraft]) -> list[datetime.datetime]:
    return [draft.published_at for draft in drafts if draft.published_at]


def _about(feed: Feed, parsed: ParsedFeed) -> dict[str, Any]:
    """What the feed says of itself fills gaps; what a moderator wrote stays."""
    return {
        "title": feed.title or parsed.title[:300],
        "homepage": feed.homepage or parsed.homepage[:2000],
        "lang": feed.lang or parsed.lang[:12],
    }


def _after_answer(
    feed: Feed, answer: Fetched | NotModified, now: datetime.datetime
) -> dict[str, Any]:
    """Validators for the next request, and how far we believe a permanent redirect."""
    values: dict[str, Any] = {"etag": answer.etag, "last_modified": answer.last_modified}
    if answer.moved_to == feed.url or not answer.moved_to:
        return values | {"moved_to": "", "moved_since": None}
    if schedule.has_moved(answer.moved_to, feed.moved_to, feed.moved_since, now):
        return values | _move(feed, answer.moved_to)
    is_same = answer.moved_to == feed.moved_to
    return values | {
        "moved_to": answer.moved_to,
        "moved_since": feed.moved_since if is_same else now,
    }


def _move(feed: Feed, url: str) -> dict[str, Any]:
    if Feed.objects.filter(url=url).exclude(pk=feed.pk).exists():
        # Two rows for one address cannot be: this one goes on through the redirect.
        return {}
    return {
        "url": url,
        "former_urls": [*feed.former_urls, feed.url],
        "moved_to": "",
        "moved_since": None,
    }


def _after_failure(
    feed: Feed, error: FetchError | ParseError, result: IngestResult, now: datetime.datetime
) -> dict[str, Any]:
    kind, retry_after = "parse", None
    if isinstance(error, FetchError):
        kind, retry_after = error.kind, error.retry_after
        result.status = error.status
    result.outcome, result.error = "failed", str(error)
    count = feed.failure_count + 1
    plan = schedule.after_failure(
        feed.interval, count, kind, retry_after, now=now, spread=random.random()
    )
    return {
        "failure_count": count,
        "last_error": str(error),
        "next_poll_at": plan.next_poll_at,
    }
