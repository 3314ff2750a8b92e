"""What an answer makes of a feed: drafts, and what its row becomes. Stores nothing.

The only place that catches FetchError and ParseError: they end in the feed's row as a sentence
and a later `next_poll_at`, never in a lost feed.
"""

from __future__ import annotations

import datetime
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from events.ingestion import health, schedule
from events.ingestion.normalize import normalize
from events.ingestion.store import Poll
from events.ingestion.types import (
    EntryDraft,
    Fetched,
    FetchError,
    HostBusy,
    IngestResult,
    NotModified,
    ParsedFeed,
    ParseError,
)
from events.models import Feed

Parse = Callable[[bytes, str, str], ParsedFeed]
Clock = Callable[[], datetime.datetime]

# Part of the hash of a body: a better reader shall read again what it has seen before.
READER_VERSION = b"2:"
URL_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Answer:
    began_at: datetime.datetime
    outcome: Fetched | NotModified | FetchError | HostBusy


@dataclass(frozen=True, slots=True)
class Reading:
    """What a poll came to before anything is stored; `drafts` is None if there is nothing new."""

    poll: Poll
    result: IngestResult
    drafts: list[EntryDraft] | None


def read(feed: Feed, answer: Answer, *, parse: Parse, now: Clock) -> Reading:
    """Turn an answer into what the feed's row becomes, and drafts. Stores nothing."""
    assert feed.claimed_until is not None, "claim the feed first"
    result = IngestResult(url=feed.url)
    drafts: list[EntryDraft] | None = None
    try:
        if isinstance(answer.outcome, FetchError | HostBusy):
            raise answer.outcome
        values, drafts = _read(feed, answer.outcome, result, parse, now())
    except (FetchError, ParseError) as error:
        values = after_failure(feed, error, result, now())
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
        interval = schedule.rhythm_of_silence(interval, feed.newest_entry_at, now)
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
        "last_polled_at": now,
        "last_status": result.status,
        "failure_count": 0,
        "last_error": "",
        "last_success_at": now,
        "interval": plan.interval,
        "next_poll_at": plan.next_poll_at,
    }
    return values, drafts


def _body_hash(answer: Fetched) -> str:
    found = hashlib.sha256(READER_VERSION)
    found.update(answer.body)
    return found.hexdigest()


def _dates(drafts: list[EntryDraft]) -> list[datetime.datetime]:
    return [draft.published_at for draft in drafts if draft.published_at]


def _about(feed: Feed, parsed: ParsedFeed) -> dict[str, Any]:
    """What the feed says of itself fills gaps; what a moderator wrote stays."""
    return {
        "title": feed.title or parsed.title[:300],
        "homepage": feed.homepage or parsed.homepage[:URL_LENGTH],
        "lang": feed.lang or parsed.lang[:12],
    }


def _after_answer(
    feed: Feed, answer: Fetched | NotModified, now: datetime.datetime
) -> dict[str, Any]:
    """Validators for the next request, and how far we believe a permanent redirect."""
    values: dict[str, Any] = {"etag": answer.etag, "last_modified": answer.last_modified}
    if answer.moved_to == feed.url or not 0 < len(answer.moved_to) <= URL_LENGTH:
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


def after_failure(
    feed: Feed, error: FetchError | ParseError, result: IngestResult, now: datetime.datetime
) -> dict[str, Any]:
    """What the row of a feed becomes that could not be asked, read or stored."""
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
        "last_polled_at": now,
        "last_status": result.status,
        "failure_count": count,
        "last_error": str(error),
        "next_poll_at": plan.next_poll_at,
    }
