"""Events → EventLine objects, a batch at a time and in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import zip_longest

from django.db.models import Prefetch, QuerySet

from events.models import (
    Actor,
    Citation,
    Claim,
    Event,
    EventDate,
    EventSlug,
    Participation,
    Publisher,
    Relation,
    Source,
)
from events.models.dates import DatedModel, Precision
from events.record.lines import (
    ActorLine,
    CitationLine,
    ClaimLine,
    DateLine,
    EventLine,
    FurtherDateLine,
    ParticipantLine,
    PublisherLine,
    QuantityLine,
    RelationLine,
    SourceLine,
)
from timeline.cards import event_url
from timeline.syndication.ids import absolute

BATCH = 500
_CITATIONS = Citation.objects.select_related("source__publisher").order_by("position", "id")


def with_everything(events: QuerySet[Event]) -> QuerySet[Event]:
    """The same events; what a line needs comes in eight queries for all of them."""
    return events.select_related("merged_into").prefetch_related(
        Prefetch("citations", _CITATIONS),
        Prefetch("slugs", EventSlug.objects.order_by("id")),
        Prefetch("participations", Participation.objects.select_related("actor")),
        Prefetch("dates", EventDate.objects.order_by("earliest", "id")),
        Prefetch("relations_out", Relation.objects.select_related("to_event").order_by("id")),
        Prefetch(
            "claims",
            Claim.objects.select_related("said_by_actor", "reported_by_publisher")
            .order_by("position", "id")
            .prefetch_related(Prefetch("citations", _CITATIONS)),
        ),
    )


def lines_of(events: QuerySet[Event]) -> Iterator[EventLine]:
    """Line by line in the order of `events`, never more than a batch of them in memory."""
    keys = list(events.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        found = {event.pk: event for event in with_everything(Event.objects.filter(pk__in=batch))}
        yield from (line_of(found[key]) for key in batch)


def line_of(event: Event) -> EventLine:
    """What is public of an event; of a retracted or merged one its tombstone."""
    is_shown = event.status == Event.Status.PUBLISHED
    published = event.first_published_at
    assert published
    return EventLine(
        id=event.public_id,
        slug=event.slug,
        former_slugs=_former_slugs(event),
        url=absolute(event_url(event)),
        record_id=event.record_id,
        title=event.title,
        summary=event.summary if is_shown else "",
        date=date_line(event),
        category=Event.Category(event.category),
        importance=event.importance,
        regions=event.regions if is_shown else [],
        tags=event.tags if is_shown else [],
        confidence=event.confidence if is_shown else "",
        status=event.status,  # type: ignore[arg-type] # pydantic refuses a draft
        status_reason=event.status_reason,
        merged_into=event.merged_into.public_id if event.merged_into else None,
        first_published_at=published,
        last_changed_at=event.last_changed_at or published,
        actors=[_participant(row) for row in event.participations.all()] if is_shown else [],
        dates=[_further(row) for row in event.dates.all()] if is_shown else [],
        sources=[_citation(row) for row in event.citations.all()] if is_shown else [],
        claims=[claim_line(row) for row in event.claims.all()] if is_shown else [],
        relations=list(_relations(event.relations_out.all())) if is_shown else [],
    )


def _former_slugs(event: Event) -> list[str]:
    """Of a draft's addresses only the last was ever public: those replaced before are left out."""
    rows = list(event.slugs.all())
    published = event.first_published_at
    return [
        row.slug
        for row, following in zip_longest(rows, rows[1:])
        if row.slug != event.slug
        and not (following and published and following.created_at < published)
    ]


def date_line(dated: DatedModel) -> DateLine:
    return DateLine(
        edtf=dated.date,
        earliest=dated.earliest,
        latest=dated.latest,
        precision=Precision(dated.precision),
        is_approximate=dated.is_approximate,
        is_uncertain=dated.is_uncertain,
    )


def _further(row: EventDate) -> FurtherDateLine:
    return FurtherDateLine(kind=EventDate.Kind(row.kind), note=row.note, date=date_line(row))


def actor_line(actor: Actor) -> ActorLine:
    return ActorLine(
        slug=actor.slug,
        name=actor.name,
        kind=Actor.Kind(actor.kind),
        country=actor.country,
        aliases=actor.aliases,
        homepage=actor.homepage,
    )


def _participant(row: Participation) -> ParticipantLine:
    actor = actor_line(row.actor).model_dump()
    return ParticipantLine(**actor, role=Participation.Role(row.role))


def publisher_line(publisher: Publisher) -> PublisherLine:
    return PublisherLine(
        slug=publisher.slug,
        name=publisher.name,
        kind=Publisher.Kind(publisher.kind),
        country=publisher.country,
        homepage=publisher.homepage,
        is_rated=publisher.is_rated,
    )


def source_line(source: Source) -> SourceLine:
    return SourceLine(
        id=source.public_id or f"s{source.pk}",
        url=source.canonical_url,
        title=source.title,
        title_is_description=source.title_is_description,
        publisher=publisher_line(source.publisher) if source.publisher else None,
        author=source.author,
        kind=Source.Kind(source.kind),
        lang=source.lang,
        published=source.published,
        note=source.note,
        archive_url=source.archive_url,
    )


def _citation(row: Citation) -> CitationLine:
    return CitationLine(
        role=Citation.Role(row.role),
        stance=Citation.Stance(row.stance),
        quote=row.quote,
        locator=row.locator,
        cited_date=row.cited_date,
        source=source_line(row.source),
    )


def claim_line(claim: Claim) -> ClaimLine:
    return ClaimLine(
        id=claim.public_id,
        text=claim.text,
        said_by=claim.said_by,
        said_by_actor=actor_line(claim.said_by_actor) if claim.said_by_actor else None,
        reported_by=claim.reported_by,
        reported_by_publisher=(
            publisher_line(claim.reported_by_publisher) if claim.reported_by_publisher else None
        ),
        quantity=_quantity(claim.quantity_value, claim.quantity_unit),
        status=Claim.Status(claim.status),
        reason=claim.reason,
        sources=[_citation(row) for row in claim.citations.all()],
    )


def _quantity(value: Decimal | None, unit: str) -> QuantityLine | None:
    if value is None:
        return None
    whole = int(value)
    return QuantityLine(value=whole if whole == value else float(value), unit=unit)


def _relations(rows: Iterable[Relation]) -> Iterator[RelationLine]:
    """Relations to events that readers can see."""
    for row in rows:
        if row.to_event.status == Event.Status.PUBLISHED:
            yield RelationLine(
                kind=Relation.Kind(row.kind), event=row.to_event.public_id, note=row.note
            )
