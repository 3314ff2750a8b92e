"""Keys under which sources that may tell of one happening find one another. Pure.

A key is a rare term bound to a span of days, as a 64-bit number, so that a lookup never sees
more than its window. Whoever shares no rare term is never held to tell of the same
(`group_pairs.says_enough`), so these keys find all that the pair model could join.
"""

from __future__ import annotations

import numpy as np

from events.ingestion.group_reading import Reading
from events.language.background import Floats

SPAN_HOURS = 24 * 4
TERMS = 16
# A term of every twentieth text finds everything, so it finds nothing.
_MIN_WEIGHT = 3.0
_TITLE_BONUS = 1.5


def stored_keys(reading: Reading, weight: Floats) -> list[int]:
    """What a source is found by."""
    span = span_of(reading)
    return [_term_key(term, span) for term, _ in rare_terms(reading, weight)]


def sought_keys(reading: Reading, weight: Floats) -> list[tuple[int, float]]:
    """What a source looks for, and what each is worth: its own span and the two next to it."""
    span = span_of(reading)
    return [
        (_term_key(term, near), worth)
        for term, worth in rare_terms(reading, weight)
        for near in (span - 1, span, span + 1)
    ]


def span_of(reading: Reading) -> int:
    return 0 if np.isnan(reading.hours) else int(reading.hours // SPAN_HOURS)


def rare_terms(reading: Reading, weight: Floats) -> list[tuple[int, float]]:
    """The terms that tell most about the text, those of its title before others."""
    terms = np.union1d(reading.title.terms, reading.body.terms)
    worth = weight[terms]
    terms, worth = terms[worth >= _MIN_WEIGHT], worth[worth >= _MIN_WEIGHT]
    worth = worth + _TITLE_BONUS * np.isin(terms, reading.title.terms)
    best = np.argsort(-worth, kind="stable")[:TERMS]
    return list(zip(terms[best].tolist(), worth[best].tolist(), strict=True))


def _term_key(term: int, span: int) -> int:
    """Injective: hashed terms take 20 bits, spans of days far fewer than the other 43."""
    return -1 - (span << 20 | term)
