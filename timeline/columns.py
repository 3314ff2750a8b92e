"""What the timeline filters and counts by, as columns in the memory of each web process.

Counting every facet in SQL costs a page time in proportion to the record. In memory a mask of
100,000 events takes microseconds, and a count goes only through what matches. The columns are
those of one edition; column_keeper.py reads them.

Rows stand in reading order: newest first, then by importance, then by id.
"""

from __future__ import annotations

import datetime
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from timeline.spelling import read_vocabulary

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
# Days since 1970 that stand for an open beginning and an open end.
OPEN_START, OPEN_END = -1_000_000, 1_000_000
MOST_SEARCHES = 64
LINKS = ("region", "tag", "actor", "claims")
NUMBERED = ("category", *LINKS)
BETWEEN = "\x1f"  # a character that no word has

_MATCHES = """
SELECT string_agg(int8send(event_id), '') FROM events_eventsearch
WHERE document @@ websearch_to_tsquery('english', %s)
"""


class Numbers(dict[str, int]):
    """Words and their numbers, in the order in which they were first seen."""

    @classmethod
    def of(cls, words: Iterable[str]) -> Numbers:
        return cls((word, number) for number, word in enumerate(words))

    def __missing__(self, word: str) -> int:
        self[word] = len(self)
        return self[word]


@dataclass(frozen=True)
class Links:
    """Which values the events carry: `values[n]` belongs to row `owners[n]`, rows ascending.

    The values of a row stand in the order in which the event names them.
    """

    owners: Ints
    values: Ints

    @classmethod
    def of(cls, lists: Sequence[str | None], numbers: Numbers) -> Links:
        """From the words of each row, with BETWEEN between them."""
        values = [
            dict.fromkeys(numbers[word] for word in words.split(BETWEEN)) if words else ()
            for words in lists
        ]
        owners = np.repeat(np.arange(len(values)), [len(each) for each in values])
        return cls(owners, np.array([value for each in values for value in each], np.int64))

    def carried_by(self, rows: Ints, size: int) -> Ints:
        """The values of `rows`, one after another. `size` is the number of all rows."""
        if len(rows) * 4 > size:
            wanted = np.zeros(size, bool)
            wanted[rows] = True
            chosen: Ints = self.values[wanted[self.owners]]
            return chosen
        starts = np.searchsorted(self.owners, rows)
        lengths = np.searchsorted(self.owners, rows, side="right") - starts
        ends = np.cumsum(lengths)
        places = np.repeat(starts - ends + lengths, lengths) + np.arange(lengths.sum())
        gathered: Ints = self.values[places]
        return gathered

    def any_of(self, values: Iterable[int], size: int) -> Mask:
        """Rows that carry one of `values`."""
        mask = np.zeros(size, bool)
        for value in values:
            mask[self.owners[self.values == value]] = True
        return mask

    def moved(self, places: Ints) -> Links:
        """The same for rows that now stand at `places`; -1 drops a row."""
        owners = places[self.owners]
        kept = owners >= 0
        order = np.argsort(owners[kept], kind="stable")
        return Links(owners[kept][order], self.values[kept][order])

    def with_more(self, more: Links, rows: int) -> Links:
        """These, and `more` of rows that stand behind the first `rows`."""
        return Links(
            np.concatenate([self.owners, more.owners + rows]),
            np.concatenate([self.values, more.values]),
        )


@dataclass(frozen=True)
class ActorName:
    slug: str
    name: str
    stands_for: str  # id of the actor it was merged into, or its own
    successor_slug: str


@dataclass(frozen=True)
class Columns:
    """The published events of one edition. Never changed once made, so threads may share it."""

    ids: Ints
    earliest: Ints
    latest: Ints
    importance: Ints
    category: Ints
    links: dict[str, Links]
    numbers: dict[str, Numbers]
    actors: dict[str, ActorName] = field(default_factory=dict)
    stamp: tuple[int, datetime.datetime] | None = None
    newest: tuple[int, datetime.datetime] | None = None
    _searches: OrderedDict[str, Mask] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def size(self) -> int:
        return len(self.ids)

    @cached_property
    def when(self) -> Ints:
        return np.where(self.earliest == OPEN_START, self.latest, self.earliest)

    @cached_property
    def _by_id(self) -> Ints:
        return np.argsort(self.ids)

    @cached_property
    def vocabulary(self) -> list[str]:
        """Words that a reader may have meant. One query, kept for the edition."""
        return read_vocabulary()

    @cached_property
    def successors(self) -> Links:
        """The links to actors, each once, with whom a merged one was merged into instead of it."""
        numbers, links = self.numbers["actor"], self.links["actor"]
        merged = {id: a.stands_for for id, a in self.actors.items() if a.stands_for != id}
        if not merged:
            return links
        stands_for = np.arange(len(numbers))
        for id, successor in merged.items():
            stands_for[numbers[id]] = numbers[successor]
        pairs = np.unique(links.owners * len(numbers) + stands_for[links.values])
        return Links(pairs // len(numbers), pairs % len(numbers))

    def with_actors(self, slugs: Collection[str]) -> Mask:
        """Rows in which one of these takes part, or an actor that was merged into one of them."""
        wanted = [
            number
            for id, number in self.numbers["actor"].items()
            if id in self.actors
            and not {self.actors[id].slug, self.actors[id].successor_slug}.isdisjoint(slugs)
        ]
        return self.links["actor"].any_of(wanted, self.size)

    def rows_of(self, ids: Ints) -> Ints:
        """Where the events of `ids` stand; those that are not here are left out."""
        if not self.size:
            return np.array([], np.int64)
        places = np.searchsorted(self.ids, ids, sorter=self._by_id).clip(max=self.size - 1)
        rows = self._by_id[places]
        found: Ints = rows[self.ids[rows] == ids]
        return found

    def matching(self, words: str) -> Mask:
        """Rows whose text matches `words`, in websearch syntax. One query, kept for the edition."""
        with self._lock:
            if words in self._searches:
                self._searches.move_to_end(words)
                return self._searches[words]
        with connection.cursor() as cursor:
            cursor.execute(_MATCHES, [words])
            (found,) = cursor.fetchone()
        mask = np.zeros(self.size, bool)
        mask[self.rows_of(np.frombuffer(found or b"", ">i8").astype(np.int64))] = True
        with self._lock:
            self._searches[words] = mask
            while len(self._searches) > MOST_SEARCHES:
                self._searches.popitem(last=False)
        return mask
