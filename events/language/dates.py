"""The day a text states, as EDTF. Pure; relative words ("on Monday") need the day it came out."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_NAMES = "|".join([*_MONTHS, *(month[:3] + r"\." for month in _MONTHS), "sept"])
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)? ({_NAMES})(?:,? (\d{{4}}))?\b", re.I)
_MONTH_DAY = re.compile(rf"\b({_NAMES}) (\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (\d{{4}}))?", re.I)
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_CJK = re.compile(r"(?:(20\d\d)年)?(\d{1,2})月(\d{1,2})日")
_WEEKDAY = re.compile(rf"\b(?:on|late|early) ({'|'.join(_DAYS)})\b", re.I)
# A day further away than this from publication is another happening's, or a plan.
NEAR = datetime.timedelta(days=10)


def stated_day(texts: Sequence[str], published: datetime.date) -> datetime.date | None:
    """The day most texts state, at most NEAR before publication and never after it."""
    votes: dict[datetime.date, int] = {}
    for text in texts:
        for day in {*_named_days(text, published), *_weekdays(text, published)}:
            if published - NEAR <= day <= published:
                votes[day] = votes.get(day, 0) + 1
    return max(votes, key=lambda day: (votes[day], day)) if votes else None


def _named_days(text: str, published: datetime.date) -> list[datetime.date]:
    found = [(y, int(m), int(d)) for y, m, d in _ISO.findall(text)]
    found += [(y, int(m), int(d)) for y, m, d in _CJK.findall(text)]
    found += [(y, _month(m), int(d)) for d, m, y in _DAY_MONTH.findall(text)]
    found += [(y, _month(m), int(d)) for m, d, y in _MONTH_DAY.findall(text)]
    days = (_day(year, month, day, published) for year, month, day in found)
    return [day for day in days if day]


def _day(year: str, month: int, day: int, published: datetime.date) -> datetime.date | None:
    """Without a year the last such day before publication is meant."""
    try:
        if year:
            return datetime.date(int(year), month, day)
        stated = datetime.date(published.year, month, day)
        return stated if stated <= published else stated.replace(year=published.year - 1)
    except ValueError:
        return None


def _month(name: str) -> int:
    return next(n for n, month in enumerate(_MONTHS, 1) if month.startswith(name[:3].lower()))


def _weekdays(text: str, published: datetime.date) -> list[datetime.date]:
    """ "On Monday" is the last Monday up to the day of publication."""
    found = []
    for name in _WEEKDAY.findall(text):
        back = (published.weekday() - _DAYS.index(name.lower())) % 7
        found.append(published - datetime.timedelta(days=back))
    return found
