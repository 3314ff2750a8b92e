"""Everything the page of one event says, worked out from seven queries."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from events.models import Citation, Decision, Event, EventDate, Participation, Relation, Source
from timeline import labels
from timeline.addresses import list_path
from timeline.cards import ActorLink, actor_link, event_url, foreign, machine_date
from timeline.claimed import ClaimLine, claims_of
from timeline.dates import date_text, days_text
from timeline.markdown import plain, rendered, text_of
from timeline.marks import Mark, with_marks


@dataclass(frozen=True)
class SourceLine:
    """A source with the number by which the page cites it."""

    number: int
    title: str
    lang: str
    language: str
    url: str
    archive_url: str
    publisher: str
    author: str
    date: str
    state: str
    is_copy: bool
    is_described: bool
    note: str
    quote: str
    disputes: bool


@dataclass(frozen=True)
class SourceGroup:
    role: str
    title: str
    sources: list[SourceLine]


@dataclass(frozen=True)
class RelatedLine:
    """An event before or after this one, and how many days lie between."""

    how: str
    title: str
    lang: str
    url: str
    date: str
    between: str
    note: str


@dataclass(frozen=True)
class DateLine:
    label: str
    text: str
    machine: str
    note: str


@dataclass(frozen=True)
class DecisionLine:
    at: datetime.datetime
    action: str
    reason: str
    is_correction: bool


@dataclass(frozen=True)
class Dossier:
    event: Event
    url: str
    title: str
    lang: str
    date: str
    machine_date: str
    summary: SafeString
    cited_summary: SafeString  # with the numbers of its sources
    description: str  # plain text: safe in an attribute only when it is escaped there
    category: str
    category_url: str
    actors: list[tuple[ActorLink, str]]
    regions: list[tuple[str, str, str]]
    tags: list[tuple[str, str]]
    dates: list[DateLine]
    claims: list[ClaimLine]
    source_groups: list[SourceGroup]
    answers: list[RelatedLine]
    answered_by: list[RelatedLine]
    decisions: list[DecisionLine]
    independent: str
    source_count: int
    first_report: str
    last_check: datetime.datetime | None
    corrections: list[DecisionLine] = field(default_factory=list)


def dossier_of(event: Event) -> Dossier:
    citations = list(
        Citation.objects.filter(Q(event=event) | Q(claim__event=event))
        .select_related("source__publisher")
        .order_by("position", "id")
    )
    numbers = _numbered(citations)
    own = [c for c in citations if c.event_id]
    sources = {c.source_id: c.source for c in citations}.values()
    cited = [c.source for c in own]
    summary = rendered(event.summary)
    marks = [Mark(numbers[c.source_id], c.stance == Citation.Stance.DISPUTES) for c in own]
    relations = _relations(event)
    decisions = _decisions(event)
    reported = sorted(s.published for s in cited if s.published)
    return Dossier(
        event=event,
        url=event_url(event),
        title=plain(event.title),
        lang=foreign(event.title),
        date=date_text(event.date),
        machine_date=machine_date(event),
        summary=summary,
        cited_summary=with_marks(summary, marks),
        description=f"{date_text(event.date)}. {text_of(summary)}",
        category=labels.word(labels.CATEGORIES, event.category),
        category_url=f"{list_path()}?category={event.category}",
        actors=_actors(event),
        regions=_regions(event),
        tags=_topics(event),
        dates=[_date_line(date) for date in EventDate.objects.filter(event=event)],
        claims=claims_of(event, citations, numbers),
        source_groups=_source_groups(citations, numbers),
        answers=relations[0],
        answered_by=relations[1],
        decisions=decisions,
        corrections=[d for d in decisions if d.is_correction],
        independent=_independent(cited),
        source_count=len(sources),
        first_report=date_text(reported[0]) if reported else "",
        last_check=max((s.link_checked_at for s in sources if s.link_checked_at), default=None),
    )


def _regions(event: Event) -> list[tuple[str, str, str]]:
    return [
        (code, labels.word(labels.REGIONS, code), reverse("timeline:region_detail", args=[code]))
        for code in event.regions
    ]


def _topics(event: Event) -> list[tuple[str, str]]:
    return [(labels.topic(tag), reverse("timeline:topic_detail", args=[tag])) for tag in event.tags]


def _independent(sources: Iterable[Source]) -> str:
    """A copy of another text is nobody's own report."""
    count = len({s.publisher_id for s in sources if s.publisher_id and not s.copy_of_id})
    return ngettext("%d independent publisher", "%d independent publishers", count) % count


def _numbered(citations: Iterable[Citation]) -> dict[int, int]:
    """Numbers by source: the event's own in reading order, then those only claims cite."""
    roles = list(labels.CITATION_ROLES)
    ordered = sorted(citations, key=lambda c: (c.event_id is None, roles.index(c.role)))
    numbers: dict[int, int] = {}
    for citation in ordered:
        numbers.setdefault(citation.source_id, len(numbers) + 1)
    return numbers


def _source_groups(citations: list[Citation], numbers: dict[int, int]) -> list[SourceGroup]:
    groups: dict[str, dict[int, SourceLine]] = {role: {} for role in labels.CITATION_ROLES}
    seen: set[int] = set()
    for citation in sorted(citations, key=lambda c: (c.event_id is None, numbers[c.source_id])):
        number = numbers[citation.source_id]
        if number not in seen:
            groups[citation.role][number] = _source_line(citation, number)
            seen.add(number)
    return [
        SourceGroup(role, labels.word(labels.CITATION_ROLES, role), list(lines.values()))
        for role, lines in groups.items()
        if lines
    ]


def _source_line(citation: Citation, number: int) -> SourceLine:
    source = citation.source
    foreign = source.lang if source.lang and not source.title_is_description else ""
    return SourceLine(
        number=number,
        title=plain(source.title),
        lang=foreign,
        language=labels.word(labels.LANGUAGES, source.lang) if source.lang else "",
        url=source.canonical_url or source.url,
        archive_url=source.archive_url,
        publisher=source.publisher.name if source.publisher else "",
        author=source.author,
        date=date_text(citation.cited_date or source.published),
        state=str(labels.LINK_STATES.get(source.link_state, "")),
        is_copy=source.copy_of_id is not None,
        is_described=source.title_is_description,
        note="" if source.canonical_url else source.note,
        quote=citation.quote,
        disputes=citation.stance == Citation.Stance.DISPUTES,
    )


def _actors(event: Event) -> list[tuple[ActorLink, str]]:
    parts = Participation.objects.filter(event=event).select_related("actor__merged_into")
    return [
        (
            actor_link(part.actor.merged_into or part.actor),
            "" if part.role == "participant" else labels.word(labels.ROLES, part.role),
        )
        for part in parts
    ]


def _date_line(date: EventDate) -> DateLine:
    return DateLine(
        labels.word(labels.DATE_KINDS, date.kind),
        date_text(date.date),
        (date.earliest or date.latest or datetime.date.min).isoformat(),
        date.note,
    )


def _relations(event: Event) -> tuple[list[RelatedLine], list[RelatedLine]]:
    """What this event answers or follows, and what answers or follows it; published ones."""
    earlier: list[tuple[datetime.date, RelatedLine]] = []
    later: list[tuple[datetime.date, RelatedLine]] = []
    relations = Relation.objects.filter(Q(from_event=event) | Q(to_event=event))
    for relation in relations.select_related("from_event", "to_event"):
        outward = relation.from_event_id == event.pk
        other = relation.to_event if outward else relation.from_event
        if other.status != Event.Status.PUBLISHED:
            continue
        words = labels.RELATIONS_OUT if outward else labels.RELATIONS_IN
        line = RelatedLine(
            how=labels.word(words, relation.kind),
            title=plain(other.title),
            lang=foreign(other.title),
            url=event_url(other),
            date=date_text(other.date),
            between=between(event, other),
            note=relation.note,
        )
        (earlier if outward else later).append((other.earliest or datetime.date.min, line))
    return [line for _, line in sorted(earlier, key=_day)], [
        line for _, line in sorted(later, key=_day)
    ]


def _day(item: tuple[datetime.date, RelatedLine]) -> datetime.date:
    return item[0]


def between(one: Event, other: Event) -> str:
    """Days between two events, when both are known to the day; else nothing is claimed."""
    if one.precision == other.precision == "day" and one.earliest and other.earliest:
        return days_text(abs((one.earliest - other.earliest).days))
    return ""


def _decisions(event: Event) -> list[DecisionLine]:
    """Public decisions about the event, corrections first, then the newest."""
    decisions = Decision.objects.filter(event=event, is_public=True).order_by("-at", "-id")
    lines = [
        DecisionLine(
            d.at,
            labels.word(labels.ACTIONS, d.action),
            plain(d.reason),
            d.action == Decision.Action.CORRECT,
        )
        for d in decisions
    ]
    return sorted(lines, key=lambda line: not line.is_correction)
