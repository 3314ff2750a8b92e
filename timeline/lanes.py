"""The lanes of the race view: which events of a filter stand where, and which are drawn one by one.

All of it is read off the columns of the edition, and what is drawn is bounded: however large the
record is, the page loads no more events than it can show. The rest is counted where it would stand.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from timeline.columns import Columns, Ints, Mask
from timeline.finding import Found
from timeline.race import CROWD, LEFT, RIGHT, Answer, Happening, Rest, Scale

MOST_MARKS = 1100
PLACE = 8  # about the width of a mark; all lanes together have fewer places than MOST_MARKS
_EPOCH = datetime.date(1970, 1, 1)


@dataclass(frozen=True)
class Chosen:
    """The events of a lane that are drawn, and the others in numbers."""

    ids: list[int]
    rest: list[Rest]


def lanes_by_region(found: Found, codes: Iterable[str], others: str) -> dict[str, Ints]:
    """Rows by lane: each event in the first of its regions that has a lane, or with the others."""
    columns, links = found.columns, found.columns.links["region"]
    known = columns.numbers["region"]
    numbers = {code: known.get(code, -1) for code in (*codes, others)}
    has_lane = np.isin(links.values, list(numbers.values()))
    lane = np.full(columns.size, numbers[others])
    owners, places = np.unique(links.owners[has_lane], return_index=True)
    lane[owners] = links.values[has_lane][places]
    lanes = lane[found.rows]
    return {
        code: found.rows[lanes == number]
        for code, number in numbers.items()
        if code in known or code == others
    }


def lanes_by_actor(found: Found, slugs: Iterable[str]) -> dict[str, Ints]:
    """Rows by lane: an event stands in the lane of each actor that takes part."""
    masks = {slug: found.columns.with_actors([slug]) for slug in slugs}
    return {slug: found.rows[mask[found.rows]] for slug, mask in masks.items()}


def leading_regions(found: Found) -> set[str]:
    """Regions that some event names first."""
    columns, links = found.columns, found.columns.links["region"]
    owners, places = np.unique(links.owners, return_index=True)
    leading = links.values[places[np.isin(owners, found.rows)]]
    codes = list(columns.numbers["region"])
    return {codes[number] for number in np.unique(leading)}


def days_of(found: Found) -> tuple[datetime.date, datetime.date] | None:
    """The days on which the earliest and the latest event stand."""
    if not found.total:
        return None
    when = found.columns.when[found.rows]
    return _day(when[-1]), _day(when[0])


def choose(lanes: Mapping[str, Ints], columns: Columns, scale: Scale) -> dict[str, Chosen]:
    """Divide each lane: the weightiest events everywhere, as long as there is room for marks."""
    rows = np.concatenate([*lanes.values(), np.array([], np.int64)])
    lane = np.repeat(np.arange(len(lanes)), [len(each) for each in lanes.values()])
    drawn = _drawn(rows, lane, columns, scale)
    return {
        code: Chosen(
            columns.ids[rows[(lane == number) & drawn]].tolist(),
            _rest(columns.when[rows[(lane == number) & ~drawn]], scale),
        )
        for number, code in enumerate(lanes)
    }


def _drawn(rows: Ints, lane: Ints, columns: Columns, scale: Scale) -> Mask:
    """Level by level, as many in each place as leave no more than MOST_MARKS in all."""
    drawn = np.ones(len(rows), bool)
    left = MOST_MARKS
    if len(rows) <= left:
        return drawn
    places = lane * 1000 + (_xs(columns.when[rows], scale) // PLACE).astype(np.int64)
    for level in (3, 2, 1):
        here = np.flatnonzero(columns.importance[rows] == level)
        order = here[np.lexsort((columns.ids[rows[here]], places[here]))]
        _, starts, counts = np.unique(places[order], return_index=True, return_counts=True)
        most = _most_each(counts, left)
        rank = np.arange(len(order)) - np.repeat(starts, counts)
        drawn[order[rank >= most]] = False
        left -= int(np.minimum(counts, most).sum())
    return drawn


def _most_each(counts: Ints, total: int) -> int:
    """The largest number that may be taken of each without taking more than `total`."""
    most = 0
    while most < counts.max(initial=0) and np.minimum(counts, most + 1).sum() <= total:
        most += 1
    return most


def _rest(days: Ints, scale: Scale) -> list[Rest]:
    places = _xs(days, scale) // CROWD
    stretches = (days[places == place] for place in np.unique(places))
    return [Rest(_day(each.min()), _day(each.max()), len(each)) for each in stretches]


def _xs(days: Ints, scale: Scale) -> NDArray[np.float64]:
    """Scale.x of many days since 1970."""
    inside = (days - (scale.first - _EPOCH).days).clip(0, scale.days)
    places: NDArray[np.float64] = LEFT + inside / scale.days * (RIGHT - LEFT)
    return places


def _day(number: np.int64) -> datetime.date:
    return _EPOCH + datetime.timedelta(days=int(number))


@dataclass(frozen=True)
class Answers:
    """All answers between two events of a filter that are known to the day, newest first."""

    answering: Ints  # ids
    answered: Ints
    days: Ints  # between the two
    years: Ints  # of the answer

    @classmethod
    def among(cls, found: Found, pairs: Iterable[tuple[int, int]]) -> Answers:
        """Of pairs of ids, the answering one first."""
        columns = found.columns
        ids = np.array(list(pairs), np.int64).reshape(-1, 2)
        ids = ids[np.isin(ids, columns.ids[found.rows]).all(axis=1)]
        rows = columns.rows_of(ids.ravel()).reshape(-1, 2)
        is_exact = (columns.earliest[rows] == columns.latest[rows]).all(axis=1)
        when = columns.when[rows]
        kept = is_exact & (when[:, 0] >= when[:, 1])
        ids, when = ids[kept], when[kept]
        order = np.lexsort((-when[:, 1], -when[:, 0]))
        ids, when = ids[order], when[order]
        years = when[:, 0].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
        return cls(ids[:, 0], ids[:, 1], when[:, 0] - when[:, 1], years)

    def __len__(self) -> int:
        return len(self.days)

    def newest(self, most: int) -> Answers:
        return Answers(
            self.answering[:most], self.answered[:most], self.days[:most], self.years[:most]
        )

    @property
    def ids(self) -> set[int]:
        return {*self.answering.tolist(), *self.answered.tolist()}

    @property
    def lengths(self) -> list[tuple[int, int]]:
        """The year and the days of each."""
        return list(zip(self.years.tolist(), self.days.tolist(), strict=True))

    def between(self, happenings: Mapping[int, Happening]) -> Iterator[Answer]:
        """Those of which both events are given."""
        ids = (self.answered.tolist(), self.answering.tolist(), self.days.tolist())
        for answered, answering, days in zip(*ids, strict=True):
            if answered in happenings and answering in happenings:
                yield Answer(happenings[answered], happenings[answering], days)
