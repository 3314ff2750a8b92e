"""Events as the timeline shows them: everything a template needs, worked out beforehand."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from events.models import Actor, Citation, Claim, Event, EventDate, Participation
from events.models.dates import Precision
from timeline import labels
from timeline.addresses import actor_path, event_path, list_path
from timeline.dates import date_text, day_text, month_text
from timeline.markdown import highlighted, language_of, plain, rendered


@dataclass(frozen=True)
class ActorLink:
    name: str
    url: str


@dataclass(frozen=True)
class ClaimMark:
    """How many claims of an event have one status, with the shape that says it."""

    status: str
    mark: str
    text: str


@dataclass(frozen=True)
class Card:
    """One event in a list. `is_brief` events hide their summary until asked for."""

    id: str
    title: SafeString
    lang: str  # of title and summary; empty when it is the language of the page
    url: str
    date: str
    full_date: str
    machine_date: str
    summary: SafeString
    category: str
    category_url: str
    family: str
    importance: int
    regions: tuple[str, ...]
    actors: tuple[ActorLink, ...]
    publishers: str
    claims: tuple[ClaimMark, ...]

    @property
    def is_brief(self) -> bool:
        return self.importance == Event.Importance.MINOR


@dataclass
class Group:
    """Consecutive cards under one heading: a month, or the day they came in."""

    id: str
    title: str
    is_continued: bool = False
    cards: list[Card] = field(default_factory=list)


def cards_for(events: Sequence[Event], marked: re.Pattern[str] | None = None) -> list[Card]:
    """Three queries, whatever the number of events."""
    actors = _actors(events)
    claims = _claims(events)
    publishers = publishers_of(event.pk for event in events)
    return [
        Card(
            id=event.public_id,
            title=highlighted(event.title, marked),
            lang=foreign(event.title),
            url=event_url(event),
            date=date_text(event.date, with_year=False),
            full_date=date_text(event.date),
            machine_date=machine_date(event),
            summary=rendered(event.summary, marked),
            category=labels.word(labels.CATEGORIES, event.category),
            category_url=f"{list_path()}?category={event.category}",
            family=labels.FAMILY_OF.get(event.category, "voices"),
            importance=event.importance,
            regions=tuple(event.regions),
            actors=tuple(actors[event.pk]),
            publishers=publishers_text(publishers.get(event.pk, 0)),
            claims=tuple(claim_marks(claims[event.pk])),
        )
        for event in events
    ]


def event_url(event: Event) -> str:
    return event_path(event.public_id, event.slug)


def foreign(text: str) -> str:
    """The language of `text` when it is not that of the page."""
    language = language_of(text)
    return "" if (get_language() or "en").startswith(language) else language


def actor_link(actor: Actor) -> ActorLink:
    return ActorLink(actor.name, actor_path(actor.slug))


def machine_date(event: Event) -> str:
    """What `<time datetime>` may hold: a day, a month or a year, never a range or a guess."""
    day = event.earliest or event.latest
    assert day
    return {
        Precision.MONTH: f"{day:%Y-%m}",
        Precision.YEAR: f"{day:%Y}",
        Precision.DECADE: f"{day:%Y}",
    }.get(Precision(event.precision), day.isoformat())


def publishers_text(count: int) -> str:
    return ngettext("%d publisher", "%d publishers", count) % count


def claim_marks(counts: dict[str, int]) -> Iterable[ClaimMark]:
    for status in ("refuted", "disputed", "unverified", "supported"):
        if count := counts.get(status, 0):
            name = labels.word(labels.CLAIM_STATUS, status)
            text = ngettext("%(count)d claim %(status)s", "%(count)d claims %(status)s", count)
            yield ClaimMark(
                status, labels.CLAIM_MARKS[status], text % {"count": count, "status": name}
            )


def _actors(events: Sequence[Event]) -> dict[int, dict[ActorLink, None]]:
    found: dict[int, dict[ActorLink, None]] = defaultdict(dict)
    rows = Participation.objects.filter(event__in=[e.pk for e in events]).order_by("position", "id")
    names = ("actor__name", "actor__slug")
    successor = ("actor__merged_into__name", "actor__merged_into__slug")
    for event, name, slug, other, other_slug in rows.values_list("event_id", *names, *successor):
        found[event].setdefault(ActorLink(other or name, actor_path(other_slug or slug)))
    return found


def _claims(events: Sequence[Event]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Claim.objects.filter(event__in=[e.pk for e in events]).order_by()
    for event, status, count in rows.values_list("event_id", "status").annotate(Count("id")):
        found[event][status] = count
    return found


def publishers_of(event_ids: Iterable[int]) -> dict[int, int]:
    """Independent publishers of each event: a copy of an earlier source does not count."""
    rows = (
        Citation.objects.filter(event__in=list(event_ids), source__copy_of__isnull=True)
        .order_by()
        .values_list("event_id")
        .annotate(Count("source__publisher", distinct=True))
    )
    return {event: count for event, count in rows if event is not None}


def by_month(
    events: Sequence[Event], cards: Sequence[Card], *, goes_on: datetime.date | None = None
) -> list[Group]:
    """Cards under months, newest first. `goes_on` is the day a page before this one ended with."""
    groups: dict[str, Group] = {}
    before = _month_of(goes_on, Precision.DAY)[0] if goes_on else ""
    for event, card in zip(events, cards, strict=True):
        day = event.earliest or event.latest
        assert day
        key, title = _month_of(day, Precision(event.precision))
        group = groups.setdefault(key, Group(f"m{key}", title, is_continued=key == before))
        group.cards.append(card)
    return list(groups.values())


def _month_of(day: datetime.date, precision: Precision) -> tuple[str, str]:
    if precision in (Precision.YEAR, Precision.DECADE, Precision.SEASON):
        return f"{day:%Y}", _("%d, month not known") % day.year
    return f"{day:%Y-%m}", month_text(day)


def by_day(days: Sequence[datetime.date], cards: Sequence[Card]) -> list[Group]:
    """Cards under the day they were added or changed."""
    groups: dict[str, Group] = {}
    for day, card in zip(days, cards, strict=True):
        key = day.isoformat()
        groups.setdefault(key, Group(f"d{key}", day_text(day))).cards.append(card)
    return list(groups.values())


@dataclass(frozen=True)
class AheadLine:
    """A date that a published event sets for the future."""

    text: str
    machine: str
    kind: str
    title: str
    url: str


def ahead_line(date: EventDate) -> AheadLine:
    day = date.earliest or date.latest
    assert day
    return AheadLine(
        text=date_text(date.date),
        machine=day.isoformat(),
        kind=date.note or labels.word(labels.DATE_KINDS, date.kind),
        title=plain(date.event.title),
        url=event_url(date.event),
    )
