"""How fast answers come, drawn: days to the answer over the years, with each year's median."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from timeline.race import WIDTH, Answer, Scale, Tick, number, ticks_of

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


def pace_of(answers: Sequence[Answer], every: Sequence[tuple[int, int]]) -> Pace | None:
    """Days to the answer over the date of the answer, on a logarithmic scale.

    `every` answer counts, given as its year and its days; `answers` are those drawn as dots.
    """
    if not every:
        return None
    years = [year for year, _ in every]
    scale = Scale(datetime.date(min(years), 1, 1), datetime.date(max(years), 12, 31))
    top = math.log1p(max(max(days for _, days in every), 30))

    def y(value: float) -> str:
        return number(12 + (1 - math.log1p(value) / top) * (DEPTH - 40))

    return Pace(
        WIDTH,
        DEPTH,
        [
            AnswerDot(number(scale.x(a.answer.day)), y(a.days), a.answer.url, a)
            for a in sorted(answers, key=lambda a: a.answer.day)
        ],
        [Level(y(level), level) for level in LEVELS if math.log1p(level) <= top],
        [tick for tick in ticks_of(scale) if tick.is_year],
        [
            Median(
                number(scale.x(datetime.date(year, 1, 1))),
                number(scale.x(datetime.date(year, 12, 31))),
                y(days),
                year,
                days,
                count,
            )
            for year, days, count in _medians(every)
        ],
    )


def _medians(every: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    years: dict[int, list[int]] = {}
    for year, days in every:
        years.setdefault(year, []).append(days)
    return [(year, middle(days), len(days)) for year, days in sorted(years.items())]


def middle(days: Iterable[int]) -> int:
    """The median; of two in the middle the lower."""
    ordered = sorted(days)
    return ordered[(len(ordered) - 1) // 2]
