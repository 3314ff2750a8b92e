"""What a publisher puts into every text of its own ("Back to Articles … Update on GitHub").

Such words tell nothing of a happening, and are rare elsewhere, so that the pair model would take
them for the best of signals. They are left out of bodies, names and numbers; titles stay.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import numpy as np

from events.ingestion.group_reading import Bag, Item, Reading

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
    everywhere = _counted(readings, range(len(readings)))
    cleaned = list(readings)
    for rows in many.values():
        dropped = _peculiar(_counted(readings, rows), len(rows), everywhere, len(readings))
        for row in rows if len(dropped) else ():
            cleaned[row] = _without(readings[row], dropped)
    return cleaned


def _titles(readings: Sequence[Reading], rows: Sequence[int]) -> int:
    return len({readings[row].title.terms.tobytes() for row in rows})


def _counted(readings: Sequence[Reading], rows: Sequence[int]) -> Counter[int]:
    """In how many of the rows each term stands, apart from words of the row's own title."""
    counted: Counter[int] = Counter()
    for row in rows:
        reading = readings[row]
        own = np.setdiff1d(reading.body.terms, reading.title.terms, assume_unique=True)
        counted.update(np.concatenate([own, reading.names.terms, reading.numbers.terms]).tolist())
    return counted


def _peculiar(
    own: Counter[int], size: int, everywhere: Counter[int], total: int
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    others = total - size
    return np.array(
        [
            term
            for term, count in own.items()
            if count >= max(FEWEST, SHARE * size) and everywhere[term] - count <= ELSEWHERE * others
        ],
        np.int64,
    )


def _without(reading: Reading, dropped: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Reading:
    def left(bag: Bag) -> Bag:
        kept = ~np.isin(bag.terms, dropped)
        return Bag(bag.terms[kept], bag.counts[kept])

    return replace(
        reading,
        body=left(reading.body),
        names=left(reading.names),
        numbers=left(reading.numbers),
    )
