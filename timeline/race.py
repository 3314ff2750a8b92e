"""The race drawn: lanes, marks and answers on one time axis. Pure geometry; draws no pixel.

Units are those of a drawing 1000 wide. Where a lane is too crowded to show each event, the most
important ones keep their mark and the rest becomes one mark that says how many and leads to them.
"""

from __future__ import annotations

import bisect
import datetime
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

WIDTH = 1000
LEFT = 12
RIGHT = 988
TOP = 26
ROWS = 5
ROW = 14.5
GAP = 0.9  # between two marks of one row
NAME = 34  # room above a lane's marks for its name and its crowds
CROWD = 27  # crowds stand no closer than their numbers are wide
RADII = {1: 2.4, 2: 3.8, 3: 6.4}
LETTER = 4.6  # about as wide as a letter of a mark's name
LENGTHS = (72, 44, 28)  # letters of a mark's name, as many as there is room for
NAMED = 2  # the least importance that is named
DIGIT = 5


@dataclass(frozen=True)
class Happening:
    """An event as the drawing needs it."""

    pk: int
    day: datetime.date
    title: str
    date: str
    url: str
    importance: int


@dataclass(frozen=True)
class Rest:
    """Events of a lane that are only counted, where both days fall into one crowd."""

    first: datetime.date
    last: datetime.date
    count: int


@dataclass(frozen=True)
class LanePlan:
    """One lane before it is drawn; `url` leads to a stretch of it when two dates are filled in."""

    code: str
    name: str
    hue: str  # one of the style sheet's: a region in lower case, `other` or `ink`
    url: str
    whole_url: str = ""  # all of the lane
    events: Sequence[Happening] = ()
    rest: Sequence[Rest] = ()


@dataclass(frozen=True)
class RaceMark:
    x: str
    y: str
    r: str
    url: str
    label: str
    importance: int
    name: str = ""  # written beside the mark, where there is room
    name_x: str = ""


@dataclass(frozen=True)
class Crowd:
    """Events that found no room of their own."""

    x: str
    y: str
    count: int
    url: str
    label_from: str
    label_to: str


@dataclass
class Lane:
    code: str
    name: str
    hue: str
    url: str
    y: int
    axis_y: int
    marks: list[RaceMark] = field(default_factory=list)
    crowds: list[Crowd] = field(default_factory=list)


@dataclass(frozen=True)
class Tick:
    x: str
    day: datetime.date
    is_year: bool


@dataclass(frozen=True)
class Answer:
    """One event answering another, with the days between."""

    first: Happening
    answer: Happening
    days: int


@dataclass(frozen=True)
class Arc:
    path: str
    answer: Answer
    # Where its number of days is written; empty where there is no room for it.
    days_x: str = ""
    days_y: str = ""


@dataclass(frozen=True)
class Race:
    width: int
    height: int
    lanes: list[Lane]
    ticks: list[Tick]
    arcs: list[Arc]


def draw(
    plans: Sequence[LanePlan],
    answers: Iterable[Answer],
    first: datetime.date,
    last: datetime.date,
) -> Race:
    """Place everything between two days, inclusive."""
    scale = Scale(first, last)
    places: dict[int, tuple[float, float]] = {}
    lanes, top = [], TOP
    for plan in plans:
        lane = _lane(plan, top, scale, places)
        lanes.append(lane)
        top = lane.axis_y + 8
    drawn = [a for a in answers if a.first.pk in places and a.answer.pk in places]
    return Race(WIDTH, top, lanes, ticks_of(scale), _arcs(drawn, places, lanes))


class Scale:
    def __init__(self, first: datetime.date, last: datetime.date) -> None:
        self.first, self.last = first, last
        self.days = max((last - first).days, 1)

    def x(self, day: datetime.date) -> float:
        inside = min(max((day - self.first).days, 0), self.days)
        return LEFT + inside / self.days * (RIGHT - LEFT)


class _Row:
    """Marks beside each other; keeps them from touching."""

    def __init__(self) -> None:
        self._taken: list[tuple[float, float]] = []  # from, to
        self.events: list[tuple[float, Happening]] = []

    def is_free(self, start: float, end: float) -> bool:
        at = bisect.bisect_left(self._taken, (start, start))
        is_left_free = at == 0 or self._taken[at - 1][1] <= start
        return is_left_free and (at == len(self._taken) or self._taken[at][0] >= end)

    def take(self, start: float, end: float) -> None:
        bisect.insort(self._taken, (start, end))


def _lane(plan: LanePlan, top: int, scale: Scale, places: dict[int, tuple[float, float]]) -> Lane:
    rows, crowded = _rows(plan.events, scale)
    crowds: dict[int, list[Rest]] = {}
    for rest in (*plan.rest, *(Rest(event.day, event.day, 1) for event in crowded)):
        crowds.setdefault(int(scale.x(rest.first) // CROWD), []).append(rest)
    height = max(sum(1 for row in rows if row.events), 1) * ROW
    axis_y = round(top + NAME + height)
    lane = Lane(plan.code, plan.name, plan.hue, plan.whole_url, top, axis_y)
    for level, row in enumerate(rows):
        y = axis_y - 9 - level * ROW
        for x, event in row.events:  # the most important first: they are named first
            places.setdefault(event.pk, (x, y))
            lane.marks.append(_mark(event, x, y, row))
    lane.marks.sort(key=lambda mark: float(mark.x))
    above = number(axis_y - 7 - height)
    lane.crowds = [_crowd(plan, above, slot, crowd) for slot, crowd in sorted(crowds.items())]
    return lane


def _rows(events: Iterable[Happening], scale: Scale) -> tuple[list[_Row], list[Happening]]:
    """Stack what happened close together; what finds no room is handed back. The most important
    come first, so that they are the ones that keep a mark of their own."""
    rows = [_Row() for _ in range(ROWS)]
    crowded = []
    for event in sorted(events, key=lambda e: (-e.importance, e.day, e.pk)):
        x, reach = scale.x(event.day), RADII[event.importance] + GAP / 2
        row = next((row for row in rows if row.is_free(x - reach, x + reach)), None)
        if row is None:
            crowded.append(event)
        else:
            row.take(x - reach, x + reach)
            row.events.append((x, event))
    return rows, crowded


def _mark(event: Happening, x: float, y: float, row: _Row) -> RaceMark:
    radius = RADII[event.importance]
    name_x = x + radius + 3
    name = _name(event, x + radius + GAP, name_x, row) if event.importance >= NAMED else ""
    return RaceMark(
        number(x),
        number(y),
        number(radius),
        event.url,
        f"{event.title}, {event.date}",
        event.importance,
        name,
        number(name_x),
    )


def _name(event: Happening, start: float, name_x: float, row: _Row) -> str:
    """As much of the title as has room to the right of its mark, in whole words."""
    for length in LENGTHS:
        name = textwrap.shorten(event.title, length, placeholder=" …")
        end = name_x + len(name) * LETTER + 6
        if end < RIGHT and row.is_free(start, end):
            row.take(start, end)
            return name
    return ""


def _crowd(plan: LanePlan, y: str, slot: int, rests: list[Rest]) -> Crowd:
    first = min(rest.first for rest in rests).isoformat()
    last = max(rest.last for rest in rests).isoformat()
    return Crowd(
        number(min((slot + 0.5) * CROWD, RIGHT - 8)),
        y,
        sum(rest.count for rest in rests),
        plan.url.replace("FIRST", first).replace("LAST", last),
        first,
        last,
    )


def _arcs(
    answers: Iterable[Answer], places: Mapping[int, tuple[float, float]], lanes: Iterable[Lane]
) -> list[Arc]:
    """The weightiest answers get their days written first, as long as there is room."""
    arcs: list[Arc] = []
    written = [(float(crowd.x), float(crowd.y) - 3) for lane in lanes for crowd in lane.crowds]
    for answer in sorted(answers, key=lambda a: (-_weight(a), a.answer.day, a.answer.pk)):
        path, (x, y) = _path(places[answer.first.pk], places[answer.answer.pk])
        width = len(str(answer.days)) * DIGIT + 4
        obstacles = [*written, *places.values()]
        if any(abs(x - ox) < width + 4 and abs(y - oy) < 11 for ox, oy in obstacles):
            arcs.append(Arc(path, answer))
            continue
        written.append((x, y))
        arcs.append(Arc(path, answer, number(x), number(y + 3)))
    return arcs


def _weight(answer: Answer) -> int:
    return answer.first.importance + answer.answer.importance


def _path(start: tuple[float, float], end: tuple[float, float]) -> tuple[str, tuple[float, float]]:
    """An arc over the marks of one lane; between two lanes a curve that leaves and arrives
    upright, so that crossing answers can be told apart. With it, its middle."""
    (x1, y1), (x2, y2) = start, end
    middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
    if abs(y1 - y2) <= ROWS * ROW:
        top = max(min(y1, y2) - min(10 + abs(x2 - x1) / 5, 46), 2)
        path = _drawn("M", x1, y1, "Q", middle_x, top, x2, y2)
        return path, (middle_x, (y1 + 2 * top + y2) / 4)
    path = _drawn("M", x1, y1, "C", x1, middle_y, x2, middle_y, x2, y2)
    return path, (middle_x, middle_y)


def _drawn(*steps: str | float) -> str:
    return " ".join(step if isinstance(step, str) else number(step) for step in steps)


def ticks_of(scale: Scale) -> list[Tick]:
    """Years; quarters or months too when the span leaves room for them."""
    step = next(step for step, most in ((1, 500), (3, 1500), (12, 10**6)) if scale.days <= most)
    month = scale.first.replace(day=1)
    ticks = []
    while month <= scale.last:
        if (month.month - 1) % step == 0 and month >= scale.first:
            ticks.append(Tick(number(scale.x(month)), month, month.month == 1))
        month = (month + datetime.timedelta(days=32)).replace(day=1)
    return ticks


def number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
