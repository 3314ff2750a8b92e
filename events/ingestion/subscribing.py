"""Add feeds: one by its address or its site's, many by a subscription list.

What is fetched to find out whether an address is a feed is also the feed's first poll: nobody is
asked twice for one document.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from django.db.models import Q
from django.utils import timezone

from events.ingestion import claims
from events.ingestion.opml import Line, fault_of
from events.ingestion.pipeline import Fetch, ingest_feed
from events.ingestion.placing import place_sources
from events.ingestion.reading import Parse
from events.ingestion.topic_rules import judge_for
from events.ingestion.types import (
    FeedRequest,
    Fetched,
    FetchError,
    FoundFeed,
    HostBusy,
    IngestResult,
    NotModified,
    ParsedFeed,
    ParseError,
)
from events.models import Feed

# The first polls of a list are spread over this time, so that hosts and workers keep breath.
REPLAY = "replay"
FAULTS_SHOWN = 20
FIRST_POLLS = datetime.timedelta(minutes=30)


class NotAFeed(Exception):
    """Nothing was added; the message is for whoever tried, `offered` is what may be meant."""

    def __init__(self, message: str, *, offered: tuple[FoundFeed, ...] = ()) -> None:
        super().__init__(message)
        self.offered = offered


@dataclass(frozen=True)
class Added:
    """The feed, whether it is new, and what its first poll brought."""

    feed: Feed
    is_new: bool
    result: IngestResult | None = None


def subscribe(address: str, *, fetch: Fetch, parse: Parse) -> Added:
    """Add the feed at `address` and store what it holds. Raises NotAFeed.

    A page that advertises exactly one feed stands for that feed.
    """
    url = address.strip()
    url = url if "://" in url else f"https://{url}"
    if fault := fault_of(url):
        raise NotAFeed(f"“{address.strip()[:200]}” cannot be polled: {fault}.")
    if known := find_feed(url):
        return Added(known, is_new=False)
    try:
        fetched, parsed = _read(url, fetch, parse)
    except NotAFeed as page:
        if len(page.offered) != 1:
            raise
        url = page.offered[0].url
        if known := find_feed(url):
            return Added(known, is_new=False)
        fetched, parsed = _read(url, fetch, parse)
    return _add(fetched.moved_to or url, fetched, parsed)


def find_feed(url: str) -> Feed | None:
    """The feed we have at this address, or had there before it moved; http and https alike."""
    rest = url.partition("://")[2]
    same = [f"https://{rest}", f"http://{rest}"]
    return Feed.objects.filter(Q(url__in=same) | Q(former_urls__overlap=same)).first()


def _read(url: str, fetch: Fetch, parse: Parse) -> tuple[Fetched, ParsedFeed]:
    try:
        fetched = fetch(FeedRequest(url))
    except (FetchError, HostBusy) as error:
        raise NotAFeed(f"{url} could not be read: {error}.") from error
    assert isinstance(fetched, Fetched), "nothing was said of an earlier answer"
    try:
        return fetched, parse(fetched.body, fetched.url, fetched.content_type)
    except ParseError as error:
        if error.found:
            message = f"{url} is a page that offers {len(error.found)} feeds: choose one."
            raise NotAFeed(message, offered=error.found) from error
        raise NotAFeed(f"{url} is neither a feed nor a page that offers one: {error}") from error


def _add(url: str, fetched: Fetched, parsed: ParsedFeed) -> Added:
    feed, is_new = Feed.objects.get_or_create(url=url)
    now = timezone.now()
    claimed = claims.claim(feed.pk, now)
    taken = claims.take([feed.pk], claimed, now) if claimed else []
    if not is_new or not taken:
        return Added(feed, is_new)

    def first_poll(request: FeedRequest) -> Fetched | NotModified:
        return replace(fetched, moved_to="")

    result = ingest_feed(
        taken[0],
        fetch=first_poll,
        parse=lambda *_: parsed,
        now=timezone.now,
        judge=judge_for(feed.pk),
    )
    place_sources(result.new_source_ids)
    feed.refresh_from_db()
    return Added(feed, True, result)


# Lists ------------------------------------------------------------------------------------------

Outcome = Literal["added", "known", "fault"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one line of a list."""

    line: Line
    outcome: Outcome
    words: str


def import_lines(lines: Iterable[Line], now: datetime.datetime) -> list[Imported]:
    """Add the feeds of a list; their first polls follow within FIRST_POLLS. Nothing is fetched."""
    lines = list(lines)
    results = []
    for position, line in enumerate(lines):
        first_poll_at = now + FIRST_POLLS * position / len(lines)
        results.append(_import(line, first_poll_at))
    return results


def _import(line: Line, first_poll_at: datetime.datetime) -> Imported:
    if line.fault:
        return Imported(line, "fault", f"left out: {line.fault}")
    if known := find_feed(line.url):
        off = "" if known.is_enabled else ", switched off"
        return Imported(line, "known", f"known already{off}")
    Feed.objects.create(
        url=line.url, title=line.title, homepage=line.homepage, next_poll_at=first_poll_at
    )
    return Imported(line, "added", "added")


def count_outcomes(results: Iterable[Imported]) -> dict[str, int]:
    """How many lines were added, known and left out."""
    counts = {"added": 0, "known": 0, "fault": 0}
    for imported in results:
        counts[imported.outcome] += 1
    return counts


@dataclass(frozen=True, slots=True)
class FirstPolls:
    """How far the feeds of a list have come; `faults` are the first that could not be read."""

    total: int
    read: int
    failed: int
    faults: tuple[Feed, ...]

    @property
    def done(self) -> int:
        return self.read + self.failed

    @property
    def waiting(self) -> int:
        return self.total - self.done


def first_polls(since: datetime.datetime) -> FirstPolls:
    """Of the feeds that were added since then."""
    added = Feed.objects.filter(created_at__gte=since)
    failed = added.filter(last_polled_at__isnull=False, last_success_at__isnull=True)
    read = added.filter(last_success_at__isnull=False).count()
    return FirstPolls(added.count(), read, failed.count(), tuple(failed[:FAULTS_SHOWN]))


@dataclass(frozen=True)
class OpmlFeed:
    """One feed of an exported list."""

    title: str
    url: str
    homepage: str
    lang: str


def exported_groups() -> list[dict[str, object]]:
    """All feeds but a replay's, by publisher, as the OPML template takes them."""
    feeds = Feed.objects.exclude(kind=REPLAY).select_related("publisher")
    groups = groupby(feeds, lambda feed: feed.publisher.name if feed.publisher else "")
    return [
        {
            "name": name or "Without a publisher",
            "feeds": [
                OpmlFeed(feed.title or feed.url, feed.url, feed.homepage, feed.lang)
                for feed in found
            ],
        }
        for name, found in groups
    ]
