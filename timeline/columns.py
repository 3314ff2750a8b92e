"""What the timeline filters and counts by, as columns in the memory of each web process.

Counting every facet in SQL costs a page time in proportion to the record. In memory a mask of
100,000 events takes microseconds, and a count goes only through what matches. The columns are
those of one edition; the next edition reads again only what has a newer revision.

Rows stand in reading order: newest first, then by importance, then by id.
"""

from __future__ import annotations

import datetime
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from events.models import Edition
from timeline.spelling import read_vocabulary

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
# Days since 1970 that stand for an open beginning and an open end.
OPEN_START, OPEN_END = -1_000_000, 1_000_000
MOST_SEARCHES = 64
LINKS = ("region", "tag", "actor", "claims")
NUMBERED = ("category", *LINKS)
BETWEEN = "\x1f"  # a character that no word has

_EVENTS = """
SELECT e.id, e.earliest - DATE '1970-01-01', e.latest - DATE '1970-01-01', e.importance,
    e.category, array_to_string(e.regions, %(between)s), array_to_string(e.tags, %(between)s),
    (SELECT string_agg(actor_id::text, %(between)s)
     FROM events_participation WHERE event_id = e.id),
    (SELECT string_agg(status, %(between)s) FROM events_claim WHERE event_id = e.id)
FROM events_event e
WHERE e.status = 'published' AND (%(ids)s::bigint[] IS NULL OR e.id = ANY(%(ids)s))
"""
# The newest revision is also the proof that what we hold comes from this history and from no
# other: a restored or rolled back database does not have it.
_NEWEST = "SELECT id, at FROM events_revision WHERE edition IS NOT NULL ORDER BY id DESC LIMIT 1"
# Public revisions get their ids in the order in which they are committed: whoever writes one has
# locked the edition.
_CHANGED = "SELECT DISTINCT event_id FROM events_revision WHERE id > %s AND edition IS NOT NULL"
_ACTORS = """
SELECT a.id::text, a.slug, a.name, coalesce(a.merged_into_id, a.id)::text, into_.slug
FROM events_actor a LEFT JOIN events_actor into_ ON into_.id = a.merged_into_id
"""
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


def read_columns(numbers: dict[str, Numbers], ids: list[int] | None = None) -> Columns:
    """Read published events, all or those of `ids`. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, {"ids": ids, "between": BETWEEN})
        rows = cursor.fetchall()
    columns: list[Any] = list(zip(*rows, strict=True)) or [()] * 9
    ids_, earliest, latest, importance, category, *lists = columns
    names = numbers["category"]
    return _in_order(
        Columns(
            np.array(ids_, np.int64),
            np.array([OPEN_START if day is None else day for day in earliest], np.int64),
            np.array([OPEN_END if day is None else day for day in latest], np.int64),
            np.array(importance, np.int64),
            np.array([names[code] for code in category], np.int64),
            {
                name: Links.of(values, numbers[name])
                for name, values in zip(LINKS, lists, strict=True)
            },
            numbers,
        )
    )


def _in_order(columns: Columns) -> Columns:
    order = np.lexsort((-columns.ids, -columns.importance, -columns.when))
    return _taken(columns, order)


def _taken(columns: Columns, rows: Ints) -> Columns:
    """Only `rows` of the columns, in the order given."""
    places = np.full(columns.size, -1)
    places[rows] = np.arange(len(rows))
    return Columns(
        columns.ids[rows],
        columns.earliest[rows],
        columns.latest[rows],
        columns.importance[rows],
        columns.category[rows],
        {name: links.moved(places) for name, links in columns.links.items()},
        columns.numbers,
    )


def _joined(one: Columns, other: Columns) -> Columns:
    def both(name: str) -> Ints:
        return np.concatenate([getattr(one, name), getattr(other, name)])

    links = {name: one.links[name].with_more(other.links[name], one.size) for name in LINKS}
    return _in_order(
        Columns(
            both("ids"),
            both("earliest"),
            both("latest"),
            both("importance"),
            both("category"),
            links,
            other.numbers,
        )
    )


class Keeper:
    """Holds the columns of the newest edition asked for."""

    def __init__(self) -> None:
        self._held: Columns | None = None
        self._lock = threading.Lock()

    def at(self, edition: Edition) -> Columns:
        """The columns of `edition`, or of one that is newer already."""
        held = self._held
        if held and held.stamp == (edition.number, edition.changed_at):
            return held
        with self._lock:
            # Whoever waited here may find that somebody else has read it.
            now = Edition.objects.get(pk=edition.pk)
            stamp = (now.number, now.changed_at)
            if self._held is None or self._held.stamp != stamp:
                self._held = _read(self._held, stamp)
            return self._held


def _read(held: Columns | None, stamp: tuple[int, datetime.datetime]) -> Columns:
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        newest = cursor.fetchone()
        changed = _changed_since(held, cursor)
        cursor.execute(_ACTORS)
        actors = {row[0]: ActorName(row[1], row[2], row[3], row[4] or row[1]) for row in cursor}
    # Copied, because the columns of the edition before are still in use.
    known = held.numbers if held and changed is not None else dict.fromkeys(NUMBERED, ())
    numbers = {name: Numbers.of(words) for name, words in known.items()}
    for actor in actors:
        numbers["actor"][actor]
    if held is None or changed is None:
        columns = read_columns(numbers)
    else:
        kept = _taken(held, np.flatnonzero(~np.isin(held.ids, changed)))
        columns = _joined(kept, read_columns(numbers, changed))
    return replace(columns, actors=actors, stamp=stamp, newest=newest)


def _changed_since(held: Columns | None, cursor: Any) -> list[int] | None:
    """Events with a newer revision than `held`; None when it is of another history."""
    if held is None or held.newest is None:
        return None
    cursor.execute("SELECT 1 FROM events_revision WHERE id = %s AND at = %s", held.newest)
    if cursor.fetchone() is None:
        return None
    cursor.execute(_CHANGED, held.newest[:1])
    return [event for (event,) in cursor]


keeper = Keeper()
