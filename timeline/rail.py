"""The month rail: the filtered record as a histogram whose bars lead to their month."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.utils.translation import ngettext

from timeline.dates import month_text
from timeline.labels import FAMILIES, FAMILY_NAMES, FAMILY_OF

HEIGHT = 56
MOST_BINS = 160
FEWEST_BINS = 24  # a short record still gets bars, not blocks


@dataclass(frozen=True)
class Shape:
    """All that one family has in the bars, as one path: a bin is one wide."""

    family: str
    path: str


@dataclass(frozen=True)
class Bar:
    """One bin of the histogram: a month, or a quarter or year when there are too many."""

    x: str
    label: str
    url: str


@dataclass(frozen=True)
class Year:
    x: str
    label: str


@dataclass(frozen=True)
class Family:
    code: str
    name: str


@dataclass(frozen=True)
class Jump:
    """A form that leads to a month: bars are narrow on phones, and many for a keyboard."""

    action: str
    kept: list[tuple[str, str]]
    first: str
    last: str


@dataclass(frozen=True)
class Peak:
    """The scale of the drawing: how many events its highest bar stands for."""

    x: str
    count: int
    is_left: bool  # written to the left of the bar, else to its right


@dataclass(frozen=True)
class Rail:
    """Horizontal numbers are percentages, so that the drawing takes any width and text keeps
    its shape; they are strings, so that no locale writes a comma into them."""

    bar_width: str
    # The drawing is this many bins wide, and stretched to the width there is.
    bins: int
    shapes: list[Shape]
    # The stretch that is on the page, when single months are drawn.
    here_x: str
    here_width: str
    bars: list[Bar]
    years: list[Year]
    legend: list[Family]
    peak: Peak
    jump: Jump


def rail_of(
    months: Mapping[datetime.date, Mapping[str, int]],
    *,
    visible: tuple[datetime.date, datetime.date] | None,
    url: str,
) -> Rail | None:
    """Lay out the histogram. `url` leads to a month when the month is put after it; months that
    are on the page already are reached by their anchor. None when there is nothing to show."""
    if not months:
        return None
    step = _step(months)
    bins = binned(months, step)
    last = max(bins)
    first = min(min(bins), last - FEWEST_BINS + 1)
    width = 100 / (last - first + 1)
    scale = (HEIGHT - 2) / max(map(_total, bins.values()))
    bars = [
        _bar(number, (number - first) * width, _total(bins[number]), step, visible, url)
        for number in sorted(bins)
    ]
    drawn = {family for families in bins.values() for family in families}
    legend = [Family(code, str(FAMILY_NAMES[code])) for code in FAMILIES if code in drawn]
    here = [_index(day) for day in visible] if visible and step == 1 else [0, -1]
    if here[0] <= min(bins) and here[1] >= last:
        here = [0, -1]  # everything is on the page: nothing to point out
    return Rail(
        _percent(width),
        last - first + 1,
        _shapes({number - first: bins[number] for number in sorted(bins)}, scale),
        _percent((here[0] - first) * width),
        _percent((here[1] - here[0] + 1) * width),
        bars,
        _years(first, last, step),
        legend,
        _peak(bins, first, width),
        _jump(months, url),
    )


def _years(first: int, last: int, step: int) -> list[Year]:
    """Where years begin, but not so near the end that a number would not fit."""
    width = 100 / (last - first + 1)
    return [
        Year(_percent((number - first) * width), str(number * step // 12))
        for number in range(first, last + 1)
        if number * step // 12 != (number - 1) * step // 12 and (last - number) * width > 7
    ]


def _jump(months: Collection[datetime.date], url: str) -> Jump:
    action, _question, query = url.partition("?")
    kept = [pair for pair in parse_qsl(query) if pair[0] != "at"]
    return Jump(action, kept, f"{min(months):%Y-%m}", f"{max(months):%Y-%m}")


def binned(
    months: Mapping[datetime.date, Mapping[str, int]], step: int = 1
) -> dict[int, dict[str, int]]:
    """Events of each family in bins of `step` months, numbered from the year nought."""
    bins: dict[int, dict[str, int]] = {}
    for month, counts in months.items():
        families = bins.setdefault(_index(month) // step, {})
        for category, count in counts.items():
            family = FAMILY_OF.get(category, "voices")
            families[family] = families.get(family, 0) + count
    return bins


def _total(families: Mapping[str, int]) -> int:
    return sum(families.values())


def _peak(bins: Mapping[int, Mapping[str, int]], first: int, width: float) -> Peak:
    highest = max(bins, key=lambda number: (_total(bins[number]), number))
    left = (highest - first) * width
    is_left = left > 50
    x = left if is_left else left + width
    return Peak(_percent(x), _total(bins[highest]), is_left)


def _percent(value: float) -> str:
    return f"{value:.2f}"


def _step(months: Mapping[datetime.date, object]) -> int:
    span = _index(max(months)) - _index(min(months)) + 1
    return next((step for step in (1, 3, 12) if span / step <= MOST_BINS), 60)


def _index(month: datetime.date) -> int:
    return month.year * 12 + month.month - 1


def _bar(
    number: int,
    x: float,
    total: int,
    step: int,
    visible: tuple[datetime.date, datetime.date] | None,
    url: str,
) -> Bar:
    # The last month of the bin: from there the list reads down through all of it.
    end = number * step + step - 1
    month = datetime.date(end // 12, end % 12 + 1, 1)
    on_page = bool(visible and step == 1 and visible[0].replace(day=1) <= month <= visible[1])
    name = month_text(month) if step == 1 else _span(number * step, month)
    return Bar(
        _percent(x),
        ngettext("%(month)s, %(count)d event", "%(month)s, %(count)d events", total)
        % {"month": name, "count": total},
        f"#m{month:%Y-%m}" if on_page else f"{url}{month:%Y-%m}",
    )


def _shapes(bars: Mapping[int, Mapping[str, int]], scale: float) -> list[Shape]:
    """Bars by their place; each family stands on the one before it."""
    paths: dict[str, list[str]] = {}
    for place, families in bars.items():
        y = float(HEIGHT)
        for family in FAMILIES:
            if count := families.get(family, 0):
                height = max(round(count * scale, 1), 1.5)
                y = round(y - height, 1)
                paths.setdefault(family, []).append(f"M{place} {y}h.8v{height}h-.8z")
    return [Shape(family, "".join(paths[family])) for family in FAMILIES if family in paths]


def _span(start: int, end: datetime.date) -> str:
    return f"{month_text(datetime.date(start // 12, start % 12 + 1, 1))} – {month_text(end)}"
