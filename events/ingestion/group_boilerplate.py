"""What a publisher puts into every text of its own ("Back to Articles … Update on GitHub").

Such words tell nothing of a happening, and are rare elsewhere, so that the pair model would take
them for the best of signals. They are left out of bodies, names and numbers; titles stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from events.ingestion.group_reading import Bag, Item, Reading
from events.language.background import HASH_SPACE

Ints = NDArray[np.int64]

# A term is boilerplate when so many texts of one origin, under titles of their own, have it,
# so large a share of them, and so much smaller a share of the texts around.
FEWEST, SHARE, ELSEWHERE = 4, 0.6, 0.15


def origin_of(item: Item) -> str:
    """Whose text it is: its publisher, else the host of its address; "" when neither is known."""
    return item.publisher or urlsplit(item.url).netloc


def without_boilerplate(readings: Sequence[Reading], origins: Sequence[Hashable]) -> list[Reading]:
    """The readings, those of each origin without what nearly all of it say and nobody else does.

    `origins` run beside the readings; an origin that is falsy is nobody's.
    """
    rows_of: defaultdict[Hashable, list[int]] = defaultdict(list)
    for row, (origin, reading) in enumerate(zip(origins, readings, strict=True)):
        if origin and reading.body_words:
            rows_of[origin].append(row)
    many = {origin: rows for origin, rows in rows_of.items() if _titles(readings, rows) >= FEWEST}
    if not many:
        return list(readings)
    cleaned = list(readings)
    for rows, dropped in _peculiar(readings, list(many.values())):
        for row in rows:
            cleaned[row] = _without(readings[row], dropped)
    return cleaned


def _titles(readings: Sequence[Reading], rows: Sequence[int]) -> int:
    return len({readings[row].title.terms.tobytes() for row in rows})


def _peculiar(
    readings: Sequence[Reading], origins: Sequence[Sequence[int]]
) -> Iterator[tuple[Sequence[int], Ints]]:
    """The rows of an origin and the terms that nearly all of them have and few others do."""
    rows, said = _said(readings)
    terms, term, everywhere = np.unique(said, return_inverse=True, return_counts=True)
    origin_of_row = np.full(len(readings), -1)
    for number, own in enumerate(origins):
        origin_of_row[own] = number
    origin = origin_of_row[rows]
    codes, count = np.unique((origin * len(terms) + term)[origin >= 0], return_counts=True)
    often = count >= FEWEST
    (origin, term), count = np.divmod(codes[often], max(1, len(terms))), count[often]
    size = np.array([len(own) for own in origins])[origin]
    elsewhere = everywhere[term] - count
    is_peculiar = (count >= SHARE * size) & (elsewhere <= ELSEWHERE * (len(readings) - size))
    for number in np.unique(origin[is_peculiar]).tolist():
        yield origins[number], terms[term[is_peculiar & (origin == number)]]


def _said(readings: Sequence[Reading]) -> tuple[Ints, Ints]:
    """Each row with each of its terms, apart from words of the row's own title."""
    body, title, names, numbers = (
        _codes([getattr(reading, name) for reading in readings])
        for name in ("body", "title", "names", "numbers")
    )
    own = np.setdiff1d(body, title, assume_unique=True)
    codes = np.concatenate([own, names, numbers])
    return codes // HASH_SPACE, codes % HASH_SPACE


def _codes(bags: Sequence[Bag]) -> Ints:
    """Row and term of each term in one number."""
    rows = np.repeat(np.arange(len(bags)), [len(bag.terms) for bag in bags])
    codes: Ints = rows * HASH_SPACE + np.concatenate([bag.terms for bag in bags])
    return codes


def _without(reading: Reading, dropped: Ints) -> Reading:
    def left(bag: Bag) -> Bag:
        kept = ~np.isin(bag.terms, dropped)
        return Bag(bag.terms[kept], bag.counts[kept])

    return replace(
        reading,
        body=left(reading.body),
        names=left(reading.names),
        numbers=left(reading.numbers),
    )
