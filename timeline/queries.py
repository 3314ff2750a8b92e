"""What the public record answers to a Filter: events, counts, pages. Reads only.

Every question costs a fixed number of queries, whatever the number of events.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from events.models import Actor, Claim, Event, EventDate, Participation
from events.models.event import EventQuerySet
from timeline.filters import Filter
from timeline.search import prepared

# When an event stands on the timeline. An event has a beginning or an end (event_bounds).
WHEN = Coalesce("earliest", "latest")
ORDERS = {
    "date": ("-when", "-importance", "-id"),
    "added": ("-first_published_at", "-id"),
    "changed": ("-last_changed_at", "-id"),
}


def events_for(filter: Filter, among: EventQuerySet | None = None) -> EventQuerySet:
    """Published events that pass `filter`, in its order; or those `among` others that do."""
    events = Event.objects.published() if among is None else among
    events = events.filter(_text(filter)).annotate(when=WHEN)
    for condition in _conditions(filter).values():
        events = events.filter(condition)
    return events.order_by(*ORDERS[filter.sort])


def _text(filter: Filter) -> Q:
    words = prepared(filter.text)
    if not words:
        return Q()
    return Q(search__document=SearchQuery(words, config="english", search_type="websearch"))


def _conditions(filter: Filter) -> dict[str, Any]:
    """One condition for each facet that narrows, so that counts can leave out a facet's own."""
    conditions: dict[str, Any] = {}
    if filter.category:
        conditions["category"] = Q(category__in=filter.category)
    if filter.importance:
        conditions["importance"] = Q(importance__in=[int(value) for value in filter.importance])
    if filter.region:
        conditions["region"] = Q(regions__overlap=list(filter.region))
    if filter.tag:
        conditions["tag"] = Q(tags__overlap=list(filter.tag))
    if filter.actor:
        takes_part = Q(actor__slug__in=filter.actor) | Q(actor__merged_into__slug__in=filter.actor)
        conditions["actor"] = Exists(Participation.objects.filter(takes_part, event=OuterRef("pk")))
    if filter.claims:
        conditions["claims"] = Exists(
            Claim.objects.filter(event=OuterRef("pk"), status__in=filter.claims)
        )
    if filter.earliest or filter.latest:
        conditions["when"] = overlap(filter.earliest, filter.latest)
    return conditions


def overlap(earliest: datetime.date | None, latest: datetime.date | None) -> Q:
    """Events whose own dates may fall within the bounds; an open end reaches everywhere."""
    condition = Q()
    if latest:
        condition &= Q(earliest__isnull=True) | Q(earliest__lte=latest)
    if earliest:
        condition &= Q(latest__isnull=True) | Q(latest__gte=earliest)
    return condition


def shown_actors() -> QuerySet[Actor]:
    """Actors that take part in a published event, but for those merged into another."""
    takes_part = Participation.objects.filter(
        actor=OuterRef("pk"), event__status=Event.Status.PUBLISHED
    )
    return Actor.objects.filter(Exists(takes_part), merged_into__isnull=True)


def upcoming(today: datetime.date, *, most: int = 6) -> list[EventDate]:
    """Dates that published events set for the future, soonest first."""
    return list(
        EventDate.objects.filter(event__status=Event.Status.PUBLISHED, earliest__gt=today)
        .select_related("event")
        .order_by("earliest", "id")[:most]
    )


@dataclass(frozen=True)
class Place:
    """Where a page begins or ends in the order of its filter."""

    at: str  # a date, or the timestamp of the order
    importance: int
    pk: int

    @classmethod
    def of(cls, event: Event, sort: str) -> Place:
        if sort == "date":
            day = event.earliest or event.latest
            assert day
            return cls(day.isoformat(), event.importance, event.pk)
        moment = event.first_published_at if sort == "added" else event.last_changed_at
        assert moment
        return cls(moment.isoformat(), 0, event.pk)

    @classmethod
    def end_of_month(cls, month: datetime.date) -> Place:
        following = (month.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
        return cls(following.isoformat(), 99, 0)

    @classmethod
    def read(cls, written: str, sort: str) -> Place | None:
        """The place that `written` names in this order; None when it names none."""
        try:
            at, importance, pk = written.split("_")
            place = cls(at, int(importance), int(pk))
            if sort == "date":
                datetime.date.fromisoformat(at)
            elif datetime.datetime.fromisoformat(at).tzinfo is None:
                return None
        except ValueError:
            return None
        return place if 0 <= place.pk < 2**62 and 0 <= place.importance < 100 else None

    def __str__(self) -> str:
        return f"{self.at}_{self.importance}_{self.pk}"

    def condition(self, sort: str, *, older: bool) -> Q:
        """Events strictly after this place (`older`) or strictly before it."""
        op = "lt" if older else "gt"
        column = {"date": "when", "added": "first_published_at", "changed": "last_changed_at"}[sort]
        tie = Q(**{f"id__{op}": self.pk})
        if sort == "date":
            tie = Q(**{f"importance__{op}": self.importance}) | (
                Q(importance=self.importance) & tie
            )
        # The first condition alone lets the index find its place.
        return Q(**{f"{column}__{op}e": self.at}) & (Q(**{f"{column}__{op}": self.at}) | tie)


@dataclass(frozen=True)
class Page:
    """A stretch of the filtered record; `newer` and `older` are the places where it goes on."""

    events: list[Event]
    newer: Place | None
    older: Place | None


def page_of(
    filter: Filter, *, size: int, after: Place | None = None, before: Place | None = None
) -> Page:
    """`size` events of the filter after or before a place, or from its beginning. One query,
    and one more for an `after` that may have nothing before it."""
    events = events_for(filter)
    if before:
        backwards = [_reversed(name) for name in ORDERS[filter.sort]]
        rows = list(
            events.filter(before.condition(filter.sort, older=False)).order_by(*backwards)[
                : size + 1
            ]
        )
        has_newer, has_older = len(rows) > size, True
        rows = rows[:size][::-1]
    else:
        has_newer = False
        if after:
            newer = after.condition(filter.sort, older=False)
            # A place that names an event has that event before it.
            has_newer = after.pk > 0 or events.filter(newer).exists()
            events = events.filter(after.condition(filter.sort, older=True))
        rows = list(events[: size + 1])
        has_older, rows = len(rows) > size, rows[:size]
    return Page(
        rows,
        Place.of(rows[0], filter.sort) if rows and has_newer else None,
        Place.of(rows[-1], filter.sort) if rows and has_older else None,
    )


def _reversed(name: str) -> Any:
    return F(name.removeprefix("-")).asc()
