"""Rows for a replay: its own feeds, their publishers, and what came of each day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.text import slugify

from events.ingestion.recordings import PREFIX, RecordingServer
from events.models import Feed, FeedRun, Publisher, Source, Story
from events.models.ids import public_id_for

KIND = "replay"


@dataclass(frozen=True)
class Counts:
    """What the polls since a moment came to."""

    polled: int = 0
    unchanged: int = 0
    new: int = 0
    updated: int = 0
    known: int = 0
    rejected: int = 0


def replay_feeds(server: RecordingServer) -> dict[str, Feed]:
    """The feeds of a replay by file name. They are the same rows whatever the port."""
    rows = {feed.url.rpartition(PREFIX)[2]: feed for feed in Feed.objects.filter(kind=KIND)}
    feeds = {}
    for name in server.recordings.names():
        feed = rows.get(name) or Feed(kind=KIND, is_enabled=False, title=f"replay: {name}")
        feed.url = server.url(name)
        feed.publisher = feed.publisher or publisher_of(server.recordings.links(name))
        feed.save()
        feeds[name] = feed
    return feeds


def publisher_of(links: list[str]) -> Publisher | None:
    """Whose pages most of `links` are; an outlet nobody knows becomes an unrated publisher."""
    hosts = Counter(host_of(link) for link in links)
    if not hosts:
        return None
    host = hosts.most_common(1)[0][0]
    known = Publisher.objects.filter(hosts__overlap=[host, host.partition(".")[2]]).first()
    if known is not None:
        return known
    unknown = {
        "slug": f"{slugify(host)[:90]}-{public_id_for(host)}",
        "hosts": [host],
        "homepage": f"https://{host}/",
        "is_rated": False,
    }
    return Publisher.objects.get_or_create(name=host, defaults=unknown)[0]


def host_of(link: str) -> str:
    return (urlsplit(link).hostname or "").removeprefix("www.")


def newest_run(feeds: list[Feed]) -> int:
    newest = FeedRun.objects.filter(feed__in=feeds).aggregate(newest=Max("pk"))["newest"]
    return int(newest or 0)


def make_due(feeds: list[Feed]) -> None:
    """Let the next look at what is due find these."""
    Feed.objects.filter(pk__in=[feed.pk for feed in feeds]).update(
        is_enabled=True, next_poll_at=timezone.now()
    )


def retire(feeds: list[Feed]) -> None:
    Feed.objects.filter(pk__in=[feed.pk for feed in feeds]).update(is_enabled=False)


def waiting_for_poll(feeds: list[Feed], since: int) -> list[Feed]:
    polled = set(
        FeedRun.objects.filter(feed__in=feeds, pk__gt=since).values_list("feed_id", flat=True)
    )
    return [feed for feed in feeds if feed.pk not in polled]


def unplaced_count(feeds: list[Feed]) -> int:
    """Sources of these feeds that no story has yet."""
    return (
        Source.objects.filter(entries__feed__in=feeds, membership__isnull=True).distinct().count()
    )


def counts_since(feeds: list[Feed], since: int) -> Counts:
    runs = FeedRun.objects.filter(feed__in=feeds, pk__gt=since)
    sums = runs.aggregate(**{name: Sum(name) for name in ("new", "updated", "known", "rejected")})
    return Counts(
        polled=runs.values("feed").distinct().count(),
        unchanged=runs.filter(outcome=FeedRun.Outcome.NOT_MODIFIED).count(),
        **{name: value or 0 for name, value in sums.items()},
    )


def source_count(feeds: list[Feed]) -> int:
    return Source.objects.filter(entries__feed__in=feeds).distinct().count()


def story_count(feeds: list[Feed]) -> int:
    return Story.objects.filter(sources__entries__feed__in=feeds).distinct().count()


def failures_since(feeds: list[Feed], since: int) -> list[str]:
    runs = FeedRun.objects.filter(feed__in=feeds, pk__gt=since, outcome=FeedRun.Outcome.FAILED)
    return [f"{run.feed}: {run.error}" for run in runs.select_related("feed")]
