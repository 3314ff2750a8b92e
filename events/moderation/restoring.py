"""An export → rows: the public record as another installation, or this one before, had it.

Events that are here already are left alone; all others are written with the ids and times they
had, in one step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from events.models import (
    Actor,
    Citation,
    Claim,
    Decision,
    Event,
    EventDate,
    EventSlug,
    Participation,
    Publisher,
    Relation,
    Source,
    User,
)
from events.moderation.importing import wait_for_other_imports
from events.moderation.step import MACHINE, step
from events.record.lines import ActorLine, CitationLine, EventLine, PublisherLine, SourceLine
from events.record.reading import Fault, RecordError

REASON = "Imported from an export."


@dataclass
class Names:
    actors: dict[str, Actor] = field(default_factory=dict)
    publishers: dict[str, Publisher] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)


def restore(lines: list[EventLine], *, by: User | None) -> list[str]:
    """Write the events of `lines` that are not here yet; return their ids."""
    # A minor step: `last_changed_at` stays what the file says.
    with step(by=by, reason=REASON, is_minor=True):
        wait_for_other_imports()
        known = set(Event.objects.values_list("public_id", flat=True))
        new = [line for line in lines if line.id not in known]
        _refuse_taken_addresses(new)
        names = Names()
        _write_names(new, names)
        events = _write_events(new)
        _write_parts(new, events, names)
        Decision.objects.bulk_create(
            Decision(
                action=Decision.Action.IMPORT,
                by=by,
                by_name=by.get_username() if by else MACHINE,
                reason=REASON,
                is_public=True,
                event=events[line.id],
            )
            for line in new
        )
    return [line.id for line in new]


def _refuse_taken_addresses(lines: list[EventLine]) -> None:
    wanted = {slug: line.id for line in lines for slug in (line.slug, *line.former_slugs)}
    taken = EventSlug.objects.filter(slug__in=list(wanted)).select_related("event")
    faults = [
        Fault("", wanted[row.slug], "slug", f"“{row.slug}” leads to “{row.event}” here")
        for row in taken.order_by("id")
    ]
    if faults:
        raise RecordError(faults)


def _citations(lines: Iterable[EventLine]) -> list[CitationLine]:
    rows: list[CitationLine] = []
    for line in lines:
        rows += line.sources
        for claim in line.claims:
            rows += claim.sources
    return rows


def _write_names(lines: list[EventLine], names: Names) -> None:
    actors: dict[str, ActorLine] = {a.slug: a for line in lines for a in line.actors}
    sources: dict[str, SourceLine] = {c.source.id: c.source for c in _citations(lines)}
    publishers: dict[str, PublisherLine] = {
        s.publisher.slug: s.publisher for s in sources.values() if s.publisher
    }
    for line in lines:
        for claim in line.claims:
            if claim.said_by_actor:
                actors.setdefault(claim.said_by_actor.slug, claim.said_by_actor)
            if publisher := claim.reported_by_publisher:
                publishers.setdefault(publisher.slug, publisher)
    names.actors = Actor.objects.in_bulk(list(actors), field_name="slug")
    new_actors = [
        Actor(**row.model_dump(include=set(ActorLine.model_fields)))
        for slug, row in actors.items()
        if slug not in names.actors
    ]
    names.actors |= {actor.slug: actor for actor in Actor.objects.bulk_create(new_actors)}
    names.publishers = Publisher.objects.in_bulk(list(publishers), field_name="slug")
    new = [
        Publisher(**row.model_dump()) for s, row in publishers.items() if s not in names.publishers
    ]
    names.publishers |= {row.slug: row for row in Publisher.objects.bulk_create(new)}
    _write_sources(sources, names)


def _write_sources(sources: dict[str, SourceLine], names: Names) -> None:
    by_address = {row.url: id for id, row in sources.items() if row.url}
    stored = Source.objects.filter(canonical_url__in=list(by_address))
    names.sources = {by_address[row.canonical_url or ""]: row for row in stored}
    new = []
    for id, row in sources.items():
        if id not in names.sources:
            fields = row.model_dump(exclude={"id", "url", "publisher"})
            publisher = names.publishers[row.publisher.slug] if row.publisher else None
            new.append(
                Source(
                    public_id=id,
                    canonical_url=row.url,
                    url=row.url or "",
                    publisher=publisher,
                    **fields,
                )
            )
    names.sources |= {row.public_id or "": row for row in Source.objects.bulk_create(new)}


PLAIN = (
    "slug",
    "record_id",
    "title",
    "summary",
    "category",
    "importance",
    "regions",
    "tags",
    "confidence",
    "status",
    "status_reason",
    "first_published_at",
    "last_changed_at",
)


def _write_events(lines: list[EventLine]) -> dict[str, Event]:
    """Events by id; a merged one is written after the event that it went into."""
    targets = {line.merged_into for line in lines if line.merged_into}
    events = Event.objects.in_bulk([id for id in targets if id], field_name="public_id")
    waiting = list(lines)
    while waiting:
        ready = [row for row in waiting if not row.merged_into or row.merged_into in events]
        if not ready:
            raise ValueError("events of the file are merged into each other in a circle")
        new = [
            Event(
                public_id=line.id,
                date=line.date.edtf,
                merged_into=events[line.merged_into] if line.merged_into else None,
                **line.model_dump(include=set(PLAIN)),
            )
            for line in ready
        ]
        events |= {event.public_id: event for event in Event.objects.bulk_create(new)}
        written = {line.id for line in ready}
        waiting = [line for line in waiting if line.id not in written]
    return events


def _write_parts(lines: list[EventLine], events: dict[str, Event], names: Names) -> None:
    # The present ones are the database's to keep.
    EventSlug.objects.bulk_create(
        EventSlug(event=events[line.id], slug=slug) for line in lines for slug in line.former_slugs
    )
    EventDate.objects.bulk_create(
        EventDate(event=events[line.id], kind=row.kind, note=row.note, date=row.date.edtf)
        for line in lines
        for row in line.dates
    )
    Participation.objects.bulk_create(
        Participation(
            event=events[line.id], actor=names.actors[row.slug], role=row.role, position=position
        )
        for line in lines
        for position, row in enumerate(line.actors)
    )
    others = Event.objects.in_bulk(
        [row.event for line in lines for row in line.relations], field_name="public_id"
    )
    Relation.objects.bulk_create(
        Relation(
            from_event=events[line.id], to_event=others[row.event], kind=row.kind, note=row.note
        )
        for line in lines
        for row in line.relations
    )
    Citation.objects.bulk_create(
        _citation(row, position, names, event=events[line.id])
        for line in lines
        for position, row in enumerate(line.sources)
    )
    _write_claims(lines, events, names)


def _write_claims(lines: list[EventLine], events: dict[str, Event], names: Names) -> None:
    pairs = []
    for line in lines:
        for position, row in enumerate(line.claims):
            actor, publisher = row.said_by_actor, row.reported_by_publisher
            claim = Claim(
                public_id=row.id,
                event=events[line.id],
                text=row.text,
                said_by=row.said_by,
                said_by_actor=names.actors[actor.slug] if actor else None,
                reported_by=row.reported_by,
                reported_by_publisher=names.publishers[publisher.slug] if publisher else None,
                quantity_value=Decimal(str(row.quantity.value)) if row.quantity else None,
                quantity_unit=row.quantity.unit if row.quantity else "",
                status=row.status,
                reason=row.reason,
                position=position,
            )
            pairs.append((claim, row))
    Claim.objects.bulk_create(claim for claim, _ in pairs)
    Citation.objects.bulk_create(
        _citation(citation, position, names, claim=claim)
        for claim, row in pairs
        for position, citation in enumerate(row.sources)
    )


def _citation(
    row: CitationLine,
    position: int,
    names: Names,
    *,
    event: Event | None = None,
    claim: Claim | None = None,
) -> Citation:
    return Citation(
        event=event,
        claim=claim,
        source=names.sources[row.source.id],
        role=row.role,
        stance=row.stance,
        quote=row.quote,
        locator=row.locator,
        cited_date=row.cited_date,
        position=position,
    )
