"""Keys under which sources that may tell of one happening find one another. Pure.

A key is a rare term bound to a span of days, as a 64-bit number, so that a lookup never sees
more than its window. Whoever shares no rare term is never held to tell of the same
(`group_pairs.says_enough`), so these keys find all that the pair model could join.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from events.ingestion.group_reading import Bag, Reading
from events.language.background import Floats

SPAN_HOURS = 24 * 4
TERMS = 16
# A term of every twentieth text finds everything, so it finds nothing.
_MIN_WEIGHT = 3.0
_TITLE_BONUS = 1.5

Rare = list[tuple[int, float]]
Sought = tuple[NDArray[np.int64], Floats]  # keys, and what each is worth


def stored_keys(reading: Reading, rare: Rare) -> list[int]:
    """What a source is found by."""
    span = span_of(reading)
    return [_term_key(term, span) for term, _ in rare]


def sought_keys(reading: Reading, rare: Rare) -> Sought:
    """What a source looks for, and what each is worth: its own span and the two next to it."""
    terms = np.array([term for term, _ in rare], np.int64)
    worths = np.array([worth for _, worth in rare], np.float32)
    spans = span_of(reading) + np.array([[-1], [0], [1]])
    return _term_key(terms, spans).ravel(), np.tile(worths, len(spans))


def span_of(reading: Reading) -> int:
    return 0 if np.isnan(reading.hours) else int(reading.hours // SPAN_HOURS)


def rare_terms(reading: Reading, weight: Floats) -> Rare:
    """The terms that tell most about the text, and how much; those of its title before others."""
    in_body = _rare(reading.body, weight, 0)
    worth_of = in_body | _rare(reading.title, weight, _TITLE_BONUS)
    return sorted(worth_of.items(), key=lambda item: (-item[1], item[0]))[:TERMS]


def _rare(bag: Bag, weight: Floats, bonus: float) -> dict[int, float]:
    worth = weight[bag.terms]
    rare = worth >= _MIN_WEIGHT
    found = zip(bag.terms[rare].tolist(), worth[rare].tolist(), strict=True)
    return {term: worth + bonus for term, worth in found}


def _term_key(term: Any, span: Any) -> Any:
    """Injective: hashed terms take 20 bits, spans of days far fewer than the other 43."""
    return -1 - (span << 20 | term)
