"""The sources, claims and citations of an import. A source that exists keeps what it says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from events.models import Citation, Claim, Event, Publisher, Source
from events.models.dates import read_edtf
from events.models.ids import public_id_for
from events.moderation.imported_names import Names
from events.record.documents import ClaimDocument, EventDocument, PublisherDocument, SourceDocument
from events.record.mapping import host_of, kind_of_publisher, role_of
from events.record.reading import Record

Key = tuple[str, ...]
KNOWN_BY_ADDRESS = "Cited for a claim; only the address is on record."


@dataclass
class Sources:
    """The stored source of each key, and what the files say of it."""

    rows: dict[Key, Source]
    growing: set[Key]  # documents that grow: cited with different dates
    canonical: dict[str, str]
    publishers: dict[str, PublisherDocument]
    new_rows: int

    def key(self, document: SourceDocument) -> Key:
        if document.url:
            return (self.canonical[document.url],)
        return document.publisher, document.title, document.published


def write(record: Record, documents: list[EventDocument], names: Names) -> Sources:
    """Store every source of `documents` that is not stored yet, one row per canonical address."""
    sources = Sources(
        rows={},
        growing=set(),
        canonical=record.canonical,
        publishers={document.name: document for document in record.publishers},
        new_rows=0,
    )
    listed: dict[Key, list[SourceDocument]] = defaultdict(list)
    for event in record.events:
        for row in event.sources:
            listed[sources.key(row)].append(row)
    sources.growing = {
        key for key, rows in listed.items() if len({row.published for row in rows}) > 1
    }
    cited = {sources.key(row) for document in documents for row in document.sources}
    claimed = _claimed_addresses(documents)
    cited |= {(record.canonical[url],) for url in claimed}
    wanted = {key: _source(key, rows, names) for key, rows in listed.items() if key in cited}
    for url in claimed:
        key = (record.canonical[url],)
        if key not in wanted:
            wanted[key] = _source_of_address(url, key[0], names, sources.publishers)
    sources.rows = _stored(wanted)
    new = [source for key, source in wanted.items() if key not in sources.rows]
    sources.new_rows = len(Source.objects.bulk_create(new))
    sources.rows = _stored(wanted)
    return sources


def _claimed_addresses(events: Iterable[EventDocument]) -> list[str]:
    return [url for event in events for claim in event.claims for url in claim.source_urls]


def _stored(wanted: dict[Key, Source]) -> dict[Key, Source]:
    by_address = Source.objects.filter(canonical_url__in=[k[0] for k in wanted if len(k) == 1])
    rows: dict[Key, Source] = {(source.canonical_url or "",): source for source in by_address}
    nameless = Source.objects.filter(canonical_url__isnull=True).select_related("publisher")
    for source in nameless:
        if source.publisher:
            rows[source.publisher.name, source.title, source.published] = source
    return {key: source for key, source in rows.items() if key in wanted}


def _source(key: Key, documents: list[SourceDocument], names: Names) -> Source:
    first = documents[0]
    dates = [document.published for document in documents if document.published]
    return Source(
        public_id=public_id_for("source " + " ".join(key)),
        canonical_url=key[0] if first.url else None,
        url=first.url or "",
        title=first.title,
        title_is_description=first.title_is_description,
        publisher=names.publishers[first.publisher],
        author=first.author,
        kind=first.kind,
        lang=first.lang,
        published=min(dates, key=_beginning, default=""),
        note=first.note,
        url_seen=first.url_seen,
    )


def _beginning(date: str) -> str:
    bounds = read_edtf(date)
    return str(bounds.earliest or bounds.latest)


def _source_of_address(
    url: str, canonical: str, names: Names, documents: dict[str, PublisherDocument]
) -> Source:
    """A source that only a claim names: its address is all that the files say."""
    publisher = _publisher_by_host(host_of(url), names)
    document = documents.get(publisher.name) if publisher else None
    return Source(
        public_id=public_id_for("source " + canonical),
        canonical_url=canonical,
        url=url,
        title=f"Page at {url.partition('://')[2].rstrip('/')}"[:1000],
        title_is_description=True,
        publisher=publisher,
        kind=kind_of_publisher(document),
        note=KNOWN_BY_ADDRESS,
        url_seen=False,
    )


def _publisher_by_host(host: str, names: Names) -> Publisher | None:
    for publisher in names.publishers.values():
        if host in publisher.hosts:
            return publisher
    return None


def cite(changed: list[tuple[Event, EventDocument]], sources: Sources, names: Names) -> None:
    """Write citations, claims and the citations of claims; anew for events written again."""
    rewritten = [event for event, _ in changed if event.revision_number]
    Citation.objects.filter(event__in=rewritten).delete()
    Claim.objects.filter(event__in=rewritten).delete()
    Citation.objects.bulk_create(
        Citation(
            event=event,
            source=sources.rows[sources.key(row)],
            role=role_of(row, document, sources.publishers[row.publisher]),
            cited_date=row.published if sources.key(row) in sources.growing else "",
            position=position,
        )
        for event, document in changed
        for position, row in enumerate(document.sources)
    )
    claims = [
        (_claim(event, position, row, names), row, document)
        for event, document in changed
        for position, row in enumerate(document.claims)
    ]
    Claim.objects.bulk_create(claim for claim, _, _ in claims)
    Citation.objects.bulk_create(
        Citation(
            claim=claim,
            source=sources.rows[(sources.canonical[url],)],
            role=_role_for_claim(url, document, sources),
            stance=row.stance_of(url),
            position=position,
        )
        for claim, row, document in claims
        for position, url in enumerate(row.source_urls)
    )


def _claim(event: Event, position: int, row: ClaimDocument, names: Names) -> Claim:
    value, unit = row.quantity.in_units() if row.quantity else (None, "")
    return Claim(
        public_id=public_id_for(f"{event.record_id} claims {row.text}"),
        event=event,
        text=row.text,
        said_by=row.said_by,
        said_by_actor=names.actor_called(row.said_by),
        reported_by=row.reported_by,
        reported_by_publisher=names.publisher_called(row.reported_by),
        quantity_value=value,
        quantity_unit=unit,
        status=row.status,
        reason=row.note,
        position=position,
    )


def _role_for_claim(url: str, document: EventDocument, sources: Sources) -> Citation.Role:
    """The same as the event's own citation of the source, else what the source is by itself."""
    key = (sources.canonical[url],)
    for row in document.sources:
        if sources.key(row) == key:
            return role_of(row, document, sources.publishers[row.publisher])
    source = sources.rows[key]
    if source.kind == Source.Kind.PRESS:
        publisher = sources.publishers.get(source.publisher.name) if source.publisher else None
        return Citation.Role(publisher.cited_as) if publisher else Citation.Role.REPORT
    return Citation.Role.PRIMARY
