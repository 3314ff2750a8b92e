"""Why two texts are held to tell of one happening, in words a moderator reads. Pure."""

from __future__ import annotations

import datetime

from events.ingestion.group_reading import Reading
from events.language.background import Floats

MOST = 4


def because(one: Reading, other: Reading, weight: Floats) -> list[str]:
    """What both share, names first, rarest first, and the day when it is the same one."""
    named = _rarest(set(one.names.terms) & set(other.names.terms), weight)
    figures = _rarest(set(one.numbers.terms) & set(other.numbers.terms), weight)
    both = (set(one.title.terms) | set(one.body.terms)) & (
        set(other.title.terms) | set(other.body.terms)
    )
    words = _rarest(both, weight)
    said: dict[str, str] = {}  # "deepseek" the word is not said after DeepSeek the name
    for terms, count in ((named, MOST), (figures, 1), (words, MOST)):
        for term in terms[:count]:
            written = one.spelled.get(term, "")
            said.setdefault(written.lower(), written)
    said.pop("", None)
    reasons = list(said.values())[: MOST + 1]
    day = _same_day(one.hours, other.hours)
    return [*reasons, day] if day else reasons


def _rarest(terms: set[int], weight: Floats) -> list[int]:
    return sorted(terms, key=lambda term: (-float(weight[term]), term))


def _same_day(one: float, other: float) -> str:
    if not abs(one - other) <= 24:  # also when either is not known
        return ""
    day = datetime.datetime.fromtimestamp(min(one, other) * 3600, datetime.UTC)
    return f"{day.day} {day:%B}"
