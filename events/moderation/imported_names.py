"""The named rows of an import: actors, publishers, feeds. Rows that exist keep what they say."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.text import slugify

from events.models import Actor, Feed, Publisher
from events.models.ids import public_id_for
from events.record.mapping import hosts_by_publisher, kind_of_feed, publisher_of_feed
from events.record.reading import Record

# The first polls of a new installation are spread over this time.
FIRST_POLLS = datetime.timedelta(minutes=30)


@dataclass
class Names:
    """All actors and publishers by name, and how many actors, publishers and feeds are new."""

    actors: dict[str, Actor]
    publishers: dict[str, Publisher]
    new_rows: tuple[int, int, int]

    def __post_init__(self) -> None:
        self._actors_by_any_name = {
            name.casefold(): actor
            for actor in self.actors.values()
            for name in (*actor.aliases, actor.name)
        }
        self._publishers_by_name = {
            name.casefold(): publisher for name, publisher in self.publishers.items()
        }

    def actor_called(self, words: str) -> Actor | None:
        """The actor whose name or alias `words` is, exactly; words that say more name nobody."""
        return self._actors_by_any_name.get(words.casefold())

    def publisher_called(self, words: str) -> Publisher | None:
        return self._publishers_by_name.get(words.casefold())


def write(record: Record, now: datetime.datetime) -> Names:
    actors = _write_actors(record)
    publishers = _write_publishers(record)
    feeds = _write_feeds(record, now)
    return Names(
        actors={actor.name: actor for actor in Actor.objects.all()},
        publishers={publisher.name: publisher for publisher in Publisher.objects.all()},
        new_rows=(actors, publishers, feeds),
    )


def _slug_for(name: str, taken: set[str]) -> str:
    """A slug no other row has; names without a Latin letter get a short code."""
    slug = slugify(name)[:110] or public_id_for(name)
    if slug in taken:
        slug = f"{slug}-{public_id_for(name)}"
    taken.add(slug)
    return slug


def _write_actors(record: Record) -> int:
    known = set(Actor.objects.values_list("name", flat=True))
    taken = set(Actor.objects.values_list("slug", flat=True))
    new = [
        Actor(
            name=document.name,
            slug=_slug_for(document.name, taken),
            kind=document.kind,
            country=document.country or "",
            aliases=list(document.aliases),
            homepage=document.homepage or "",
        )
        for document in record.actors
        if document.name not in known
    ]
    return len(Actor.objects.bulk_create(new))


def _write_publishers(record: Record) -> int:
    known = set(Publisher.objects.values_list("name", flat=True))
    taken = set(Publisher.objects.values_list("slug", flat=True))
    hosts = hosts_by_publisher(record)
    new = [
        Publisher(
            name=document.name,
            slug=_slug_for(document.name, taken),
            kind=document.kind,
            country=document.country or "",
            homepage=document.homepage or "",
            hosts=hosts.get(document.name, []),
            is_rated=document.reputation == "rated",
        )
        for document in record.publishers
        if document.name not in known
    ]
    known |= {document.name for document in record.publishers}
    for feed in record.feeds:
        name = publisher_of_feed(feed, known)
        if name and name not in known:
            known.add(name)
            slug = _slug_for(name, taken)
            new.append(Publisher(name=name, slug=slug, kind=kind_of_feed(feed), is_rated=False))
    return len(Publisher.objects.bulk_create(new))


def _write_feeds(record: Record, now: datetime.datetime) -> int:
    known = set(Feed.objects.values_list("url", flat=True))
    publishers = {publisher.name: publisher for publisher in Publisher.objects.all()}
    fresh = [feed for feed in record.feeds if feed.url not in known]
    new = [
        Feed(
            url=feed.url,
            title=feed.publisher,
            publisher=publishers.get(publisher_of_feed(feed, set(publishers)) or ""),
            kind=feed.kind,
            lang=feed.language,
            topics=list(feed.topics),
            note=feed.note,
            url_seen=feed.url_seen,
            is_enabled=feed.url_seen,
            next_poll_at=now + FIRST_POLLS * position / len(fresh),
        )
        for position, feed in enumerate(fresh)
    ]
    return len(Feed.objects.bulk_create(new))
