"""The race drawn: lanes, marks and answers on one time axis. Pure geometry; draws no pixel.

Units are those of a drawing 1000 wide. Where a lane is too crowded to show each event, the most
important ones keep their mark and the rest becomes one mark that says how many and leads to them.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

WIDTH = 1000
LEFT = 12
RIGHT = 988
TOP = 26
SLOT = 9  # marks closer than this cannot be told apart
ROWS = 4
ROW = 15
NAME = 26  # room above a lane's marks for its name and its crowds
CROWD = 27  # crowds stand no closer than their numbers are wide
RADII = {1: 2.4, 2: 3.8, 3: 6.4}


@dataclass(frozen=True)
class Happening:
    """An event as the drawing needs it."""

    pk: int
    day: datetime.date
    title: str
    date: str
    url: str
    importance: int
    is_exact: bool  # known to the day: only then are days counted


@dataclass(frozen=True)
class LanePlan:
    """One lane before it is drawn; `url` leads to a stretch of it when two dates are filled in."""

    code: str
    name: str
    hue: str  # one of the style sheet's: a region in lower case, `other` or `ink`
    url: str
    events: Sequence[Happening]


@dataclass(frozen=True)
class RaceMark:
    x: str
    y: str
    r: str
    url: str
    label: str
    importance: int


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
    y: int
    axis_y: int
    marks: list[RaceMark] = field(default_factory=list)
    crowds: list[Crowd] = field(default_factory=list)


@dataclass(frozen=True)
class Tick:
    x: str
    label: str
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
    scale = _Scale(first, last)
    places: dict[int, tuple[float, float]] = {}
    lanes, top = [], TOP
    for plan in plans:
        lane = _lane(plan, top, scale, places)
        lanes.append(lane)
        top = lane.axis_y + 8
    arcs = [
        Arc(_path(places[answer.first.pk], places[answer.answer.pk]), answer)
        for answer in answers
        if answer.first.pk in places and answer.answer.pk in places
    ]
    return Race(WIDTH, top, lanes, _ticks(scale), arcs)


class _Scale:
    def __init__(self, first: datetime.date, last: datetime.date) -> None:
        self.first, self.last = first, last
        self.days = max((last - first).days, 1)

    def x(self, day: datetime.date) -> float:
        inside = min(max((day - self.first).days, 0), self.days)
        return LEFT + inside / self.days * (RIGHT - LEFT)

    def day(self, x: float) -> datetime.date:
        share = min(max((x - LEFT) / (RIGHT - LEFT), 0), 1)
        return self.first + datetime.timedelta(days=round(share * self.days))


def _lane(plan: LanePlan, top: int, scale: _Scale, places: dict[int, tuple[float, float]]) -> Lane:
    rows: dict[int, list[Happening]] = {}
    crowds: dict[int, list[Happening]] = {}
    # The most important first, so that they are the ones that keep a mark of their own.
    for event in sorted(plan.events, key=lambda e: (-e.importance, e.day, e.pk)):
        x = scale.x(event.day)
        slot = int(x // SLOT)
        if len(rows.setdefault(slot, [])) < ROWS:
            rows[slot].append(event)
        else:
            crowds.setdefault(int(x // CROWD), []).append(event)
    height = max((len(row) for row in rows.values()), default=1) * ROW
    lane = Lane(plan.code, plan.name, plan.hue, top, top + NAME + height)
    for row in rows.values():
        for number, event in enumerate(row):
            x, y = scale.x(event.day), lane.axis_y - 10 - number * ROW
            places.setdefault(event.pk, (x, y))
            lane.marks.append(_mark(event, x, y))
    lane.marks.sort(key=lambda mark: float(mark.x))
    lane.crowds = [_crowd(plan, lane, slot, crowd) for slot, crowd in sorted(crowds.items())]
    return lane


def _mark(event: Happening, x: float, y: float) -> RaceMark:
    label = f"{event.title}, {event.date}"
    radius = _number(RADII[event.importance])
    return RaceMark(_number(x), _number(y), radius, event.url, label, event.importance)


def _crowd(plan: LanePlan, lane: Lane, slot: int, events: list[Happening]) -> Crowd:
    days = [event.day for event in events]
    first, last = min(days).isoformat(), max(days).isoformat()
    return Crowd(
        _number((slot + 0.5) * CROWD),
        _number(lane.axis_y - 6 - ROWS * ROW),
        len(events),
        plan.url.replace("FIRST", first).replace("LAST", last),
        first,
        last,
    )


def _path(start: tuple[float, float], end: tuple[float, float]) -> str:
    """An arc over the marks of one lane; between two lanes a curve that leaves and arrives
    upright, so that crossing answers can be told apart."""
    (x1, y1), (x2, y2) = start, end
    middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
    if abs(y1 - y2) <= ROWS * ROW:
        top = max(min(y1, y2) - min(10 + abs(x2 - x1) / 5, 46), 2)
        return _drawn("M", x1, y1, "Q", middle_x, top, x2, y2)
    return _drawn("M", x1, y1, "C", x1, middle_y, x2, middle_y, x2, y2)


def _drawn(*steps: str | float) -> str:
    return " ".join(step if isinstance(step, str) else _number(step) for step in steps)


def _ticks(scale: _Scale) -> list[Tick]:
    """Years; quarters or months too when the span leaves room for them."""
    step = next(step for step, most in ((1, 500), (3, 1500), (12, 10**6)) if scale.days <= most)
    month = scale.first.replace(day=1)
    ticks = []
    while month <= scale.last:
        if (month.month - 1) % step == 0 and month >= scale.first:
            is_year = month.month == 1
            label = f"{month.year}" if is_year else f"{month.month}"
            ticks.append(Tick(_number(scale.x(month)), label, is_year))
        month = (month + datetime.timedelta(days=32)).replace(day=1)
    return ticks


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


# How fast answers come ---------------------------------------------------------------------

DEPTH = 190
LEVELS = (1, 7, 30, 100, 365, 1000)


@dataclass(frozen=True)
class AnswerDot:
    x: str
    y: str
    url: str
    answer: Answer


@dataclass(frozen=True)
class Level:
    y: str
    days: int


@dataclass(frozen=True)
class Median:
    """The middle answer time of one year, drawn as a line over that year."""

    x1: str
    x2: str
    y: str
    year: int
    days: int
    count: int


@dataclass(frozen=True)
class Pace:
    width: int
    height: int
    dots: list[AnswerDot]
    levels: list[Level]
    ticks: list[Tick]
    medians: list[Median]


def pace_of(answers: Sequence[Answer]) -> Pace | None:
    """Days to the answer over the date of the answer, on a logarithmic scale."""
    if not answers:
        return None
    days = [answer.answer.day for answer in answers]
    scale = _Scale(min(days).replace(month=1, day=1), max(days).replace(month=12, day=31))
    top = math.log1p(max(max(answer.days for answer in answers), 30))

    def y(value: float) -> str:
        return _number(12 + (1 - math.log1p(value) / top) * (DEPTH - 40))

    return Pace(
        WIDTH,
        DEPTH,
        [
            AnswerDot(_number(scale.x(a.answer.day)), y(a.days), a.answer.url, a)
            for a in sorted(answers, key=lambda a: a.answer.day)
        ],
        [Level(y(level), level) for level in LEVELS if math.log1p(level) <= top],
        [tick for tick in _ticks(scale) if tick.is_year],
        [
            Median(
                _number(scale.x(datetime.date(year, 1, 1))),
                _number(scale.x(datetime.date(year, 12, 31))),
                y(middle),
                year,
                middle,
                count,
            )
            for year, middle, count in _medians(answers)
        ],
    )


def _medians(answers: Iterable[Answer]) -> list[tuple[int, int, int]]:
    years: dict[int, list[int]] = {}
    for answer in answers:
        years.setdefault(answer.answer.day.year, []).append(answer.days)
    return [
        (year, sorted(days)[(len(days) - 1) // 2], len(days))
        for year, days in sorted(years.items())
    ]


def answers_between(
    happenings: Mapping[int, Happening], pairs: Iterable[tuple[int, int]]
) -> list[Answer]:
    """Answers (answering, answered) whose two events are known to the day, newest first."""
    answers = []
    for answering, answered in pairs:
        one, other = happenings.get(answered), happenings.get(answering)
        if one and other and one.is_exact and other.is_exact and one.day <= other.day:
            answers.append(Answer(one, other, (other.day - one.day).days))
    return sorted(answers, key=lambda a: (a.answer.day, a.first.day), reverse=True)
