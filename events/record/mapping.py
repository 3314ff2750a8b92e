"""What follows from record files without being written in them: roles, hosts, whose feed."""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import urlsplit

from events.models import Citation, Publisher, Source
from events.record.documents import EventDocument, FeedDocument, PublisherDocument, SourceDocument
from events.record.reading import Record

FEED_KINDS = {
    "regulator": Publisher.Kind.OFFICIAL,
    "government": Publisher.Kind.OFFICIAL,
    "research": Publisher.Kind.ACADEMIC,
}


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def role_of(
    source: SourceDocument, event: EventDocument, publisher: PublisherDocument
) -> Citation.Role:
    """What `source` is to `event` when the file does not say.

    Whoever acts in an event speaks of it at first hand: then even a post or an article is primary.
    """
    if source.role:
        return source.role
    acts = {actor.name for actor in event.actors} & {source.author, source.publisher}
    if source.kind in (Source.Kind.PRIMARY, Source.Kind.OFFICIAL, Source.Kind.PAPER) or acts:
        return Citation.Role.PRIMARY
    if source.kind == Source.Kind.SOCIAL:
        return Citation.Role.PRIMARY if event.category == "statement" else Citation.Role.REACTION
    return Citation.Role(publisher.cited_as)


def kind_of_publisher(publisher: PublisherDocument | None) -> Source.Kind:
    """What a document is of which only the address is known."""
    known = {
        Publisher.Kind.SOCIAL: Source.Kind.SOCIAL,
        Publisher.Kind.OFFICIAL: Source.Kind.OFFICIAL,
        Publisher.Kind.LAB: Source.Kind.PRIMARY,
        Publisher.Kind.COMPANY: Source.Kind.PRIMARY,
    }
    return known.get(publisher.kind, Source.Kind.PRESS) if publisher else Source.Kind.PRESS


def hosts_by_publisher(record: Record) -> dict[str, list[str]]:
    """Hosts whose pages are surely a publisher's: its homepage's, and cited ones that bear its
    domain or its name. A host that serves several publishers (github.com) is nobody's."""
    homes = {
        publisher.name: host_of(publisher.homepage)
        for publisher in record.publishers
        if publisher.homepage
    }
    users: dict[str, set[str]] = defaultdict(set)
    for name, host in homes.items():
        users[host].add(name)
    for event in record.events:
        for source in event.sources:
            if source.url:
                users[host_of(source.url)].add(source.publisher)
    hosts: dict[str, list[str]] = defaultdict(list)
    for host, names in sorted(
        users.items(), key=lambda item: (item[0] not in homes.values(), item)
    ):
        if len(names) == 1:
            (name,) = names
            if host == homes.get(name) or _within(host, hosts[name]) or _bears(host, name):
                hosts[name].append(host)
    return dict(hosts)


def _within(host: str, domains: list[str]) -> bool:
    return any(host.endswith(f".{domain}") for domain in domains)


def _bears(host: str, name: str) -> bool:
    squashed = "".join(letter for letter in name.casefold() if letter.isalnum())
    return squashed in host.replace("-", "").split(".")


def publisher_of_feed(feed: FeedDocument, known: set[str]) -> str | None:
    """The publisher a feed belongs to; None when somebody else scrapes it for us.

    “Anthropic (Claude Code changelog)” and “Federal Register: BIS documents” are of the
    publisher named first.
    """
    if feed.publisher in known:
        return feed.publisher
    if "(unofficial)" in feed.publisher:
        return None
    for mark in (" (", ":"):
        first = feed.publisher.partition(mark)[0]
        if first in known:
            return first
    return feed.publisher


def kind_of_feed(feed: FeedDocument) -> Publisher.Kind:
    if feed.kind in Publisher.Kind.values:
        return Publisher.Kind(feed.kind)
    return FEED_KINDS.get(feed.kind, Publisher.Kind.PRESS)
