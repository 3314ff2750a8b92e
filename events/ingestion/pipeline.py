"""One poll of one feed, from claim to stored rows: the stages in order, and nothing else.

The only place that catches FetchError and ParseError: they end in the feed's row as a sentence
and a later `next_poll_at`, never in a lost feed.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
import random
from collections.abc import Callable
from typing import Any

from events.ingestion import schedule
from events.ingestion.normalize import normalize
from events.ingestion.store import Judge, Poll, accept, store_entries, store_outcome
from events.ingestion.types import (
    EntryDraft,
    FeedRequest,
    Fetched,
    FetchError,
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

# Part of the hash of a body: a better reader shall read again what it has seen before.
READER_VERSION = b"1:"


def ingest_feed(
    feed: Feed,
    *,
    fetch: Fetch,
    parse: Parse,
    now: Clock,
    judge: Judge = accept,
) -> IngestResult:
    """Poll a claimed feed and store what came.

    Raises ClaimLost if the claim ran out meanwhile, HostBusy if the host's turn is far away.
    """
    assert feed.claimed_until is not None, "claim the feed first"
    started_at = now()
    result = IngestResult(url=feed.url)
    drafts: list[EntryDraft] | None = None
    try:
        answer = fetch(FeedRequest(feed.url, etag=feed.etag, last_modified=feed.last_modified))
        result.status, result.byte_count = answer.status, answer.byte_count
        values = _after_answer(feed, answer, now())
        body_hash = _body_hash(answer)
        if isinstance(answer, NotModified) or body_hash == feed.body_hash:
            result.outcome = "not-modified"
            interval, ttl = feed.interval, feed.ttl
        else:
            parsed = parse(answer.body, answer.url, answer.content_type)
            drafts = normalize(parsed, now())
            result.note = "; ".join(filter(None, (parsed.note, *parsed.broken[:5])))
            interval, ttl = schedule.rhythm(_dates(drafts), now()), parsed.ttl
            values |= _about(feed, parsed) | {"body_hash": body_hash, "ttl": ttl}
        plan = schedule.after_success(interval, answer.hints, ttl, now=now(), spread=_spread())
        values |= {
            "failure_count": 0,
            "last_error": "",
            "last_success_at": now(),
            "interval": plan.interval,
            "next_poll_at": plan.next_poll_at,
        }
    except (FetchError, ParseError) as error:
        values = _after_failure(feed, error, result, now())
    values |= {"last_polled_at": now(), "last_status": result.status}
    poll = Poll(feed.pk, feed.claimed_until, started_at, now(), values)
    if drafts is None:
        store_outcome(poll, result)
    else:
        store_entries(poll, drafts, result, judge)
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
    return result


def _spread() -> float:
    return random.random()


def _body_hash(answer: Fetched | NotModified) -> str | None:
    if isinstance(answer, NotModified):
        return None
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
        feed.interval, count, kind, retry_after, now=now, spread=_spread()
    )
    return {
        "failure_count": count,
        "last_error": str(error),
        "next_poll_at": plan.next_poll_at,
    }
