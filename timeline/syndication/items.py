"""Events as items of a feed, the same in every format: full text, claims and all sources."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from events.models import Actor, Citation, Claim, Event, EventDate, Participation
from timeline import labels
from timeline.cards import event_url
from timeline.claimed import quantity_text
from timeline.dates import date_text
from timeline.markdown import plain, rendered
from timeline.syndication.ids import absolute, event_tag, with_absolute_links


@dataclass(frozen=True)
class Category:
    term: str
    label: str


@dataclass(frozen=True)
class Item:
    """One record that we publish. `updated` moves on significant change only."""

    id: str
    url: str
    title: str
    summary: str
    content: SafeString
    published: datetime.datetime
    updated: datetime.datetime
    # When it happened, as EDTF: never the date of the item.
    edtf: str
    categories: list[Category] = field(default_factory=list)
    # Who wrote it, where that is not the site.
    author: str = ""
    # What only JSON can say: the event with machine-readable dates.
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceLine:
    title: str
    url: str
    publisher: str
    date: str
    role: str
    disputes: bool


@dataclass(frozen=True)
class ClaimLine:
    text: str
    said_by: str
    reported_by: str
    quantity: str
    status: str
    mark: str
    reason: SafeString
    sources: list[SourceLine]


def items_of(events: Sequence[Event]) -> list[Item]:
    """Four queries, whatever the number of events."""
    keys = [event.pk for event in events]
    citations = _citations(keys)
    claims = _claims(keys, citations)
    dates = _dates(keys)
    actors = _actors(keys)
    return [
        _item(
            event,
            actors[event.pk],
            {
                "event": event,
                "date": date_text(event.date),
                "category": labels.word(labels.CATEGORIES, event.category),
                "summary": rendered(event.summary),
                "dates": dates[event.pk],
                "claims": claims[event.pk],
                "sources": [_source_line(c) for c in citations if c.event_id == event.pk],
            },
        )
        for event in events
    ]


def _item(event: Event, actors: list[Actor], context: dict[str, Any]) -> Item:
    assert event.first_published_at
    words = [Category(event.category, str(context["category"]))]
    words += [Category(actor.slug, actor.name) for actor in actors]
    words += [Category(tag, tag) for tag in event.tags]
    url = absolute(event_url(event))
    return Item(
        id=event_tag(event),
        url=url,
        title=plain(event.title),
        summary=plain(f"{context['date']}. {event.summary}".strip()),
        content=with_absolute_links(
            render_to_string("timeline/syndication/item.html", context), url
        ),
        published=event.first_published_at,
        updated=event.last_changed_at or event.first_published_at,
        edtf=event.date,
        categories=list({word.term: word for word in words}.values()),
        details={
            "id": event.public_id,
            "date": event.date,
            "earliest": event.earliest and event.earliest.isoformat(),
            "latest": event.latest and event.latest.isoformat(),
            "precision": event.precision,
            "category": event.category,
            "importance": event.importance,
            "regions": event.regions,
            "actors": [actor.name for actor in actors],
        },
    )


def _citations(events: list[int]) -> list[Citation]:
    """Citations of the events and of their claims, with source and publisher. One query."""
    own = Citation.objects.filter(event__in=events)
    of_claims = Citation.objects.filter(claim__event__in=events)
    rows = (own | of_claims).select_related("source__publisher").order_by("position", "id")
    return list(rows)


def _source_line(citation: Citation) -> SourceLine:
    source = citation.source
    date = citation.cited_date or source.published
    return SourceLine(
        title=plain(source.title),
        url=source.canonical_url or source.url,
        publisher=source.publisher.name if source.publisher else "",
        date=date_text(date) if date else "",
        role=labels.word(labels.CITATION_ROLES, citation.role),
        disputes=citation.stance == Citation.Stance.DISPUTES,
    )


def _claims(events: list[int], citations: list[Citation]) -> dict[int, list[ClaimLine]]:
    sources: dict[int, list[SourceLine]] = defaultdict(list)
    for citation in citations:
        if citation.claim_id:
            sources[citation.claim_id].append(_source_line(citation))
    found: dict[int, list[ClaimLine]] = defaultdict(list)
    for claim in Claim.objects.filter(event__in=events).order_by("position", "id"):
        found[claim.event_id].append(
            ClaimLine(
                text=plain(claim.text),
                said_by=plain(claim.said_by),
                reported_by=plain(claim.reported_by),
                quantity=quantity_text(claim.quantity_value, claim.quantity_unit),
                status=labels.word(labels.CLAIM_STATUS, claim.status),
                mark=labels.CLAIM_MARKS[claim.status],
                reason=rendered(claim.reason),
                sources=sources[claim.pk],
            )
        )
    return found


def _dates(events: list[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for date in EventDate.objects.filter(event__in=events):
        label = date.note or labels.word(labels.DATE_KINDS, date.kind)
        found[date.event_id].append((plain(label), date_text(date.date)))
    return found


def _actors(events: list[int]) -> dict[int, list[Actor]]:
    found: dict[int, list[Actor]] = defaultdict(list)
    rows = Participation.objects.filter(event__in=events).select_related("actor__merged_into")
    for row in rows:
        actor = row.actor.merged_into or row.actor
        if actor not in found[row.event_id]:
            found[row.event_id].append(actor)
    return found
