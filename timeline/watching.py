"""Which feeds we watch, grouped for readers: the page and its OPML say the same."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from itertools import groupby

from django.db.models import F
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Feed, Publisher

REPLAY = "replay"  # the feeds of a rehearsal are nobody's news

KINDS = {
    Publisher.Kind.PRESS: gettext_lazy("Press"),
    Publisher.Kind.LAB: gettext_lazy("Labs"),
    Publisher.Kind.COMPANY: gettext_lazy("Companies"),
    Publisher.Kind.OFFICIAL: gettext_lazy("Official"),
    Publisher.Kind.ACADEMIC: gettext_lazy("Academic"),
    Publisher.Kind.SOCIAL: gettext_lazy("Social networks"),
    Publisher.Kind.PERSON: gettext_lazy("People"),
}


@dataclass(frozen=True)
class Watched:
    """One feed as readers see it."""

    title: str
    url: str
    homepage: str
    lang: str
    read: str


@dataclass(frozen=True)
class Group:
    name: str
    feeds: list[Watched]


def watched_groups(now: datetime.datetime) -> list[Group]:
    """All feeds that are polled, by kind of publisher, then by name."""
    feeds = (
        Feed.objects.filter(is_enabled=True)
        .exclude(kind=REPLAY)
        .select_related("publisher")
        .order_by(F("publisher__kind").asc(nulls_last=True), "publisher__name", "title", "url")
    )
    groups = []
    for kind, found in groupby(feeds, lambda feed: feed.publisher and feed.publisher.kind):
        name = str(KINDS[Publisher.Kind(kind)]) if kind else _("Others")
        groups.append(Group(name, [_watched(feed, now) for feed in found]))
    return groups


def _watched(feed: Feed, now: datetime.datetime) -> Watched:
    name = feed.publisher.name if feed.publisher else feed.title or feed.url
    title = name if feed.title in ("", name) else f"{name}: {feed.title}"
    home = feed.homepage or (feed.publisher.homepage if feed.publisher else "")
    return Watched(title, feed.url, home, feed.lang, _read(feed.last_success_at, now))


def _read(at: datetime.datetime | None, now: datetime.datetime) -> str:
    if at is None:
        return _("not read yet")
    return _("read %(time)s ago") % {"time": timesince(at, now, depth=1)}
