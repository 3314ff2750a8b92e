"""Reads the columns of the newest edition, and keeps them: one set for each web process.

The next edition reads again only what has a newer revision.
"""

from __future__ import annotations

import datetime
import threading
from dataclasses import replace
from typing import Any

import numpy as np
from django.db import connection

from events.models import Edition
from timeline.columns import (
    BETWEEN,
    LINKS,
    NUMBERED,
    OPEN_END,
    OPEN_START,
    ActorName,
    Columns,
    Ints,
    Links,
    Numbers,
)

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
