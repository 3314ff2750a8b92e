"""EDTF dates in words, at exactly the precision they have, in the reader's language."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils import dateformat
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from events.models.dates import read_edtf

_POINT = re.compile(r"^(\d{3}[\dX])(?:-(\d\d)(?:-(\d\d))?)?[~?%]?$")


def date_text(edtf: str, *, with_year: bool = True) -> str:
    """`2024-12` → “December 2024”, `2025-01-10/2025-01-15` → “10–15 January 2025”.

    Without year, for a list under its month, days lose the year; other precisions keep it.
    What is no EDTF date comes back as it is.
    """
    return _date_text(edtf, with_year, get_language())


@lru_cache(maxsize=8192)
def _date_text(edtf: str, with_year: bool, language: str | None) -> str:
    try:
        bounds = read_edtf(edtf)
    except ValidationError:
        return edtf
    parts = edtf.strip().split("/")
    text = (
        _interval(parts[0], parts[-1], with_year)
        if len(parts) == 2
        else _point(parts[0], with_year)
    )
    if bounds.is_approximate:
        text = pgettext("date", "around %s") % text
    if bounds.is_uncertain:
        text = pgettext("date", "%s, not certain") % text
    return text


def _point(point: str, with_year: bool) -> str:
    match = _POINT.match(point)
    assert match  # read_edtf has let it pass
    year, month, day = match.groups()
    if "X" in year:
        return pgettext("date", "%s0s") % year[:3]
    if day:
        return day_text(datetime.date(int(year), int(month), int(day)), with_year=with_year)
    if not month:
        return pgettext("date", "%s (year)") % year
    if int(month) > 20:
        return _season(int(month)) % year
    return month_text(datetime.date(int(year), int(month), 1))


def _season(code: int) -> str:
    return {
        21: pgettext("date", "spring %s"),
        22: pgettext("date", "summer %s"),
        23: pgettext("date", "autumn %s"),
        24: pgettext("date", "winter %s"),
    }[code]


def day_text(day: datetime.date, *, with_year: bool = True) -> str:
    # Translators: Django date formats (j = day, F = month, Y = year, n = month as number).
    pattern = pgettext("date format", "j F Y") if with_year else pgettext("date format", "j F")
    return dateformat.format(day, pattern)


def month_text(month: datetime.date) -> str:
    return _month_text(month, get_language())


@lru_cache(maxsize=1024)
def _month_text(month: datetime.date, language: str | None) -> str:
    return dateformat.format(month, pgettext("date format", "F Y"))


def _interval(start: str, end: str, with_year: bool) -> str:
    if start in ("", ".."):
        return pgettext("date", "until %s") % _point(end, with_year=True)
    if end in ("", ".."):
        return pgettext("date", "since %s") % _point(start, with_year=True)
    first, last = _day(start), _day(end)
    if first and last and (first.year, first.month) == (last.year, last.month):
        pattern = pgettext("date format", "F Y") if with_year else pgettext("date format", "F")
        return pgettext("date", "%(first)s–%(last)s %(month)s") % {
            "first": dateformat.format(first, pgettext("date format", "j")),
            "last": dateformat.format(last, pgettext("date format", "j")),
            "month": dateformat.format(first, pattern),
        }
    same_year = start[:4] == end[:4]
    return pgettext("date", "%(first)s – %(last)s") % {
        "first": _point(start, with_year=not same_year or (with_year and not first)),
        "last": _point(end, with_year=with_year or not same_year),
    }


def _day(point: str) -> datetime.date | None:
    match = _POINT.match(point)
    return datetime.date(*(int(part) for part in match.groups())) if match and match[3] else None


def days_text(days: int) -> str:
    """How long after: “the same day”, “1 day”, “130 days”."""
    if days == 0:
        return _("the same day")
    if days == 1:
        return _("1 day")
    return _("%d days") % days
