"""Place sources in stories as they come: a handful at a time, each handful in one transaction.

One worker places at a time (advisory lock), so two that bring one happening make one story; what
a killed worker did not commit, the next sweep places. Whatever a person arranged - frozen
stories, confirmed memberships, stories that are no longer open or that somebody is working on -
is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from events.ingestion.binary import bigints, binary_cursor
from events.ingestion.board import Board
from events.ingestion.group_keys import sought_keys
from events.ingestion.near_duplicates import (
    Copyable,
    CopyEvidence,
    boilerplate,
    compare,
)
from events.ingestion.neighbors import by_copy_keys, by_terms
from events.ingestion.shelf import Known, Shelf
from events.ingestion.shelf_rows import New

# Any number, the same in every worker.
PLACING_LOCK = 7_346_001
# Enough to share the cost of the queries, few enough that whoever waits for the lock waits a
# fraction of a second: 100 take 0.3 to 0.5 s.
HANDFUL = 100
# Whether what two texts share is boilerplate, so many texts around them tell.
AROUND = 15

_UNPLACED = """
SELECT source.id FROM events_source AS source
WHERE source.id = ANY(%s::bigint[])
    AND NOT EXISTS (SELECT FROM events_storymembership WHERE source_id = source.id)
ORDER BY least(source.published_at, source.first_seen_at), source.id
"""
_MARK_COPIES = """
UPDATE events_source AS source SET copy_of_id = copy.original
FROM unnest(%s::bigint[], %s::bigint[]) AS copy(id, original)
WHERE source.id = copy.id AND source.copy_of_id IS DISTINCT FROM copy.original
"""

_LOCK = """
SELECT pg_advisory_xact_lock(%s), set_config('enable_seqscan', 'off', true),
    set_config('jit', 'off', true)
"""

Copies = dict[int, tuple[int, CopyEvidence | None]]


def place_sources(source_ids: list[int]) -> None:
    """Give each source that stands in no story its place; sources with a place keep it.

    Running it twice changes nothing the second time.
    """
    waiting = _unplaced(source_ids)
    shelf = Shelf()
    for start in range(0, len(waiting), HANDFUL):
        handful = waiting[start : start + HANDFUL]
        read = {new.head.pk: new for new in shelf.read_new(handful)}  # before anybody must wait
        with transaction.atomic():
            lock_placing()
            if still := [read[pk] for pk in _unplaced(handful)]:
                _place(still, shelf)


def lock_placing() -> None:
    """Wait until no other worker places; held until the transaction ends.

    Until then the database plans for few rows of large tables, whatever its statistics say.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [PLACING_LOCK])


def _unplaced(source_ids: Iterable[int]) -> list[int]:
    """Those without a story, in the order in which they came out."""
    with binary_cursor() as cursor:
        cursor.execute(_UNPLACED, [bigints(source_ids)])
        return [pk for (pk,) in cursor.fetchall()]


def _place(new: Sequence[New], shelf: Shelf) -> None:
    known = shelf.add(new)
    near = by_terms({s.head.pk: sought_keys(s.reading, s.rare) for s in new})
    copies = _copies(new, near, shelf)
    originals = [original for original, _ in copies.values()]
    with binary_cursor() as cursor:
        cursor.execute(_MARK_COPIES, [bigints(copies), bigints(originals)])
    fresh = [known[source.head.pk] for source in new]
    board = Board.of(fresh, near, originals, shelf)
    for source in fresh:
        if source.pk in copies:
            board.put_copy(source, *copies[source.pk])
        else:
            board.put(source)
    board.write()


def _copies(new: Sequence[New], near: dict[int, list[int]], shelf: Shelf) -> Copies:
    """For each new source that is a copy, the original and by what it was recognised."""
    alike = by_copy_keys({source.head.pk: source.copy_keys for source in new})
    known = shelf.read({pk for found in alike.values() for pk in found})
    own = {source.head.pk: source for source in new}
    texts = shelf.texts(known) | {pk: source.text for pk, source in own.items()}
    earlier = _earlier(new, alike, known)
    likely = {pk for pk, others in earlier.items() if _original(own[pk], others, texts, {})}
    # Unless what they share stands in unlike texts around them too.
    around = shelf.texts({other for pk in likely for other in near[pk][:AROUND]})
    found: Copies = {}
    for pk, source in own.items():
        if source.head.copy_of_id:
            found[pk] = (source.head.copy_of_id, None)
        elif pk in likely:
            others = {other: around[other] for other in near[pk][:AROUND] if other in around}
            if match := _original(source, earlier[pk], texts, others):
                original, evidence = match
                of_known = original.copy_of_id or original.pk
                found[pk] = (found.get(original.pk, (of_known,))[0], evidence)
    return found


def _earlier(
    new: Sequence[New], alike: dict[int, list[int]], known: dict[int, Known]
) -> dict[int, list[Known]]:
    """For each new source not yet known as a copy, what is like it and came before it."""
    waiting = {source.head.pk for source in new}
    earlier: dict[int, list[Known]] = {}
    for source in new:
        pk = source.head.pk
        waiting.discard(pk)
        if not source.head.copy_of_id:
            came = [other for other in alike[pk] if other in known and other not in waiting]
            earlier[pk] = [known[other] for other in came]
    return earlier


def _original(
    source: New,
    earlier: Sequence[Known],
    texts: dict[int, Copyable],
    around: dict[int, Copyable],
) -> tuple[Known, CopyEvidence] | None:
    """The first of the earlier sources that this one copies."""
    if not earlier:
        return None
    compared = {other.pk: texts[other.pk] for other in earlier} | around
    ignored = boilerplate([source.text, *compared.values()])
    for other in earlier:
        cosine = float(source.reading.vector @ other.reading.vector)
        evidence = compare(source.text, texts[other.pk], ignored, cosine)
        if evidence:
            return other, evidence
    return None
