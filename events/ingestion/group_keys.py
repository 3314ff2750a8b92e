"""Keys under which sources that may belong together find one another. Pure.

A key is a 64-bit number. Copies share keys for ever; texts on one happening share rare terms,
and these are bound to a span of days, so that a lookup never sees more than its window.
"""

from __future__ import annotations

import numpy as np

from events.ingestion.group_reading import Reading
from events.ingestion.near_duplicates import Copyable, copy_keys
from events.language.background import Floats

SPAN_HOURS = 24 * 4
TERMS = 16
# A term of every twentieth text finds everything, so it finds nothing.
_MIN_WEIGHT = 3.0
_TITLE_BONUS = 1.5


def stored_keys(text: Copyable, reading: Reading, weight: Floats) -> list[int]:
    """What a source is found by."""
    span = span_of(reading)
    return [*copy_keys(text), *(_term_key(term, span) for term in rare_terms(reading, weight))]


def sought_keys(text: Copyable, reading: Reading, weight: Floats) -> list[int]:
    """What a source looks for: its own span and the two next to it."""
    span = span_of(reading)
    terms = rare_terms(reading, weight)
    return [
        *copy_keys(text),
        *(_term_key(term, near) for near in (span - 1, span, span + 1) for term in terms),
    ]


def span_of(reading: Reading) -> int:
    return 0 if np.isnan(reading.hours) else int(reading.hours // SPAN_HOURS)


def rare_terms(reading: Reading, weight: Floats) -> list[int]:
    """The terms that tell most about the text, those of its title before others."""
    terms = np.union1d(reading.title.terms, reading.body.terms)
    worth = weight[terms]
    terms, worth = terms[worth >= _MIN_WEIGHT], worth[worth >= _MIN_WEIGHT]
    worth = worth + _TITLE_BONUS * np.isin(terms, reading.title.terms)
    best: list[int] = terms[np.argsort(-worth, kind="stable")[:TERMS]].tolist()
    return best


def _term_key(term: int, span: int) -> int:
    """Injective: hashed terms take 20 bits, spans of days far fewer than the other 43."""
    return -1 - (span << 20 | term)
