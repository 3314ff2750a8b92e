"""What a filter finds in the columns of an edition: how many, of what kind, and which come next.

The same conditions as `timeline.queries.events_for`, which reads the database for feeds and files;
a test holds the two together.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from events.models import Edition, Event
from timeline.column_keeper import keeper
from timeline.columns import OPEN_END, OPEN_START, Columns, Ints, Mask
from timeline.filters import FACETS, Filter
from timeline.queries import Page, Place, page_of
from timeline.search import prepared
from timeline.spelling import respelled

_EPOCH = datetime.date(1970, 1, 1)


@dataclass(frozen=True)
class ValueCount:
    """How many events a value of a facet would show, the other facets as they are."""

    value: str
    name: str
    count: int


@dataclass
class Overview:
    """The filtered record in numbers. `months` leaves the date range out, as facets do theirs."""

    total: int = 0
    facets: dict[str, list[ValueCount]] = field(
        default_factory=lambda: {name: [] for name in FACETS}
    )
    months: dict[datetime.date, dict[str, int]] = field(default_factory=dict)


def find(filter: Filter, edition: Edition) -> Found:
    """At most one query while the edition is the one we know, and none without words."""
    return Found(filter, keeper.at(edition))


class Found:
    """What passes a filter."""

    def __init__(self, filter: Filter, columns: Columns) -> None:
        self.filter, self.columns = filter, columns
        self._masks = _masks(filter, columns)

    @cached_property
    def total(self) -> int:
        return len(self.rows)

    @cached_property
    def rows(self) -> Ints:
        """What passes, as rows of the columns: newest first."""
        return np.flatnonzero(self._mask(self._masks))

    def _rows(self, *, without: str = "") -> Ints:
        """Rows that pass, one condition left out."""
        if without not in self._masks:
            return self.rows
        return np.flatnonzero(self._mask(name for name in self._masks if name != without))

    def _mask(self, names: Iterable[str]) -> Mask:
        mask = np.ones(self.columns.size, bool)
        for name in names:
            mask &= self._masks[name]
        return mask

    def overview(self) -> Overview:
        """Count what was found for every facet and month."""
        facets = {name: self._counted(name) for name in FACETS}
        return Overview(self.total, facets, self._months())

    def _counted(self, name: str) -> list[ValueCount]:
        rows, columns = self._rows(without=name), self.columns
        if name == "importance":
            counts = {str(n): c for n, c in enumerate(np.bincount(columns.importance[rows]))}
        elif name == "actor":
            return self._counted_actors(rows)
        else:
            values = (
                columns.category[rows]
                if name == "category"
                else columns.links[name].carried_by(rows, columns.size)
            )
            counts = dict(zip(columns.numbers[name], np.bincount(values), strict=False))
        return _ordered(ValueCount(value, "", int(count)) for value, count in counts.items())

    def _counted_actors(self, rows: Ints) -> list[ValueCount]:
        columns = self.columns
        values = columns.successors.carried_by(rows, columns.size)
        counts = np.bincount(values)
        ids = list(columns.numbers["actor"])
        actors = (
            (columns.actors[ids[number]], counts[number]) for number in np.flatnonzero(counts)
        )
        return _ordered(ValueCount(actor.slug, actor.name, int(count)) for actor, count in actors)

    def _months(self) -> dict[datetime.date, dict[str, int]]:
        columns = self.columns
        rows = self._rows(without="when")
        codes = list(columns.numbers["category"])
        days = columns.when[rows].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        if not len(rows):
            return {}
        first, width = int(days.min()), len(codes)
        counts = np.bincount((days - first) * width + columns.category[rows])
        months: dict[datetime.date, dict[str, int]] = {}
        for place in np.flatnonzero(counts):
            number, category = divmod(int(place), width)
            year, month = divmod(first + number, 12)
            day = datetime.date(1970 + year, month + 1, 1)
            months.setdefault(day, {})[codes[category]] = int(counts[place])
        return months

    def first(self) -> Event | None:
        """The earliest event. One query."""
        return next(iter(_events(self.columns.ids[self.rows[-1:]])), None)

    def respelled(self) -> str:
        """The words of the filter as they may have been meant; empty when nothing comes near."""
        return respelled(self.filter.text, self.columns.vocabulary) if self.filter.text else ""

    def counts_without(self) -> dict[str, int]:
        """For each part of a filter that finds nothing: what would be found without it."""
        return {name: len(self._rows(without=name)) for name in self._masks}

    def page(self, *, size: int, after: Place | None = None, before: Place | None = None) -> Page:
        """`size` events after or before a place, or from the beginning. One query."""
        if self.filter.sort != "date":
            return page_of(self.filter, size=size, after=after, before=before)
        rows = self.rows
        if before:
            newer = rows[self._beyond(before, rows, older=False)]
            shown, has_newer, has_older = newer[-size:], len(newer) > size, True
        else:
            has_newer = False
            if after:
                older = rows[self._beyond(after, rows, older=True)]
                # A place that names an event has that event before it.
                has_newer = after.pk > 0 or bool(self._beyond(after, rows, older=False).any())
                rows = older
            shown, has_older = rows[:size], len(rows) > size
        events = _events(self.columns.ids[shown])
        return Page(
            events,
            Place.of(events[0], "date") if events and has_newer else None,
            Place.of(events[-1], "date") if events and has_older else None,
        )

    def _beyond(self, place: Place, rows: Ints, *, older: bool) -> Mask:
        """Which of `rows` stand strictly after (`older`) or strictly before `place`."""
        columns = self.columns
        sign = 1 if older else -1
        day = _day(datetime.date.fromisoformat(place.at))
        keys = (
            (columns.when, day),
            (columns.importance, place.importance),
            (columns.ids, place.pk),
        )
        beyond, tied = np.zeros(len(rows), bool), np.ones(len(rows), bool)
        for column, value in keys:
            beyond |= tied & (sign * column[rows] < sign * value)
            tied &= column[rows] == value
        return beyond


def _events(ids: Ints) -> list[Event]:
    """The events of `ids` in their order; who was retracted a moment ago is missing."""
    wanted = ids.tolist()
    events = Event.objects.published().in_bulk(wanted)
    return [events[pk] for pk in wanted if pk in events]


def _ordered(counts: Iterable[ValueCount]) -> list[ValueCount]:
    return sorted((c for c in counts if c.count), key=lambda c: (-c.count, c.value))


def _day(day: datetime.date) -> int:
    return (day - _EPOCH).days


def _masks(filter: Filter, columns: Columns) -> dict[str, Mask]:
    """One mask for each part that narrows, so that counts can leave out a facet's own."""
    masks: dict[str, Mask] = {}
    if words := prepared(filter.text):
        masks["text"] = columns.matching(words)
    if filter.category:
        numbers = columns.numbers["category"]
        masks["category"] = np.isin(columns.category, [numbers.get(c, -1) for c in filter.category])
    if filter.importance:
        masks["importance"] = np.isin(columns.importance, [int(n) for n in filter.importance])
    for name in ("region", "tag", "claims"):
        if values := filter.values(name):
            numbers = columns.numbers[name]
            masks[name] = columns.links[name].any_of(
                [numbers.get(value, -1) for value in values], columns.size
            )
    if filter.actor:
        masks["actor"] = columns.with_actors(filter.actor)
    if filter.earliest or filter.latest:
        masks["when"] = _overlap(filter, columns)
    return masks


def _overlap(filter: Filter, columns: Columns) -> Mask:
    """Events whose own dates may fall within the bounds; an open end reaches everywhere."""
    first = _day(filter.earliest) if filter.earliest else OPEN_START
    last = _day(filter.latest) if filter.latest else OPEN_END
    within: Mask = (columns.latest >= first) & (columns.earliest <= last)
    return within
