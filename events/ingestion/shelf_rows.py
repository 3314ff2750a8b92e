"""The rows behind the shelf: what is stored of a source that was read, and when it is forgotten.

Everything is written and read for many sources at once, as arrays: row by row the round trips
would cost more than the work.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zlib import crc32

from django.db import connection
from pgvector import HalfVector

from events.ingestion.group_packing import pack, unpack_reading, unpack_text, version
from events.ingestion.group_reading import Reading
from events.ingestion.near_duplicates import Copyable

# Longer than any story stays open: what lies idle for so long, nobody asks for any more.
KEPT = datetime.timedelta(days=20)
FORGOTTEN_AT_ONCE = 20_000

_HEADS = """
SELECT id, title, extract(epoch FROM least(published_at, first_seen_at))::float, copy_of_id,
    publisher_id
FROM events_source WHERE id = ANY(%s::bigint[]) ORDER BY id
"""
_FINGERPRINTS = """
INSERT INTO events_fingerprint (source_id, vector, at, relevance)
SELECT source_id, vector, to_timestamp(at), relevance
FROM unnest(%s::bigint[], %s::text[]::halfvec[], %s::float[], %s::float[])
    AS r(source_id, vector, at, relevance)
ON CONFLICT (source_id) DO UPDATE
SET vector = excluded.vector, at = excluded.at, relevance = excluded.relevance
"""
_READINGS = """
INSERT INTO events_storedreading (source_id, stamp, reading, text, term_keys, stored_at)
SELECT source_id, stamp, reading, text, term_keys::bigint[], now()
FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[], %s::bytea[], %s::text[])
    AS r(source_id, stamp, reading, text, term_keys)
ON CONFLICT (source_id) DO UPDATE SET stamp = excluded.stamp, reading = excluded.reading,
    text = excluded.text, term_keys = excluded.term_keys, stored_at = excluded.stored_at
"""
_KEYS = """
INSERT INTO {table} (source_id, key) SELECT * FROM unnest(%s::bigint[], %s::bigint[])
ON CONFLICT DO NOTHING
"""
_FORGET = """
WITH idle AS (
    SELECT source_id FROM events_storedreading WHERE stored_at < %s
    ORDER BY stored_at LIMIT %s FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM events_storedreading AS r USING idle WHERE r.source_id = idle.source_id
    RETURNING r.source_id, r.term_keys
)
DELETE FROM events_termkey AS t
USING (SELECT source_id, unnest(term_keys) AS key FROM gone) AS old
WHERE t.key = old.key AND t.source_id = old.source_id
"""


@dataclass
class Head:
    """What stands in the source's row, without its texts."""

    pk: int
    title: str
    at: float  # seconds since 1970, as `believable_time` says
    copy_of_id: int | None
    publisher_id: int | None

    @cached_property
    def stamp(self) -> int:
        """Of the title, the time and the way of reading; the texts themselves never change."""
        return crc32(f"{self.at} {self.title}".encode(), version())


@dataclass(frozen=True)
class New:
    """A source whose text was just read."""

    head: Head
    reading: Reading
    text: Copyable
    relevance: float
    copy_keys: list[int]
    term_keys: list[int]


def heads(source_ids: Iterable[int]) -> list[Head]:
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, [bigints(source_ids)])
        return [Head(*row) for row in cursor.fetchall()]


def stored_readings(wanted: Sequence[Head]) -> dict[int, Reading]:
    """By source, as far as what is stored was read of this very title."""
    return {pk: unpack_reading(packed) for pk, packed in _packed("reading", wanted)}


def stored_texts(wanted: Sequence[Head]) -> dict[int, Copyable]:
    return {pk: unpack_text(packed) for pk, packed in _packed("text", wanted)}


def store(sources: Sequence[New]) -> None:
    """Storing again what is stored changes nothing but the time."""
    ids = [new.head.pk for new in sources]
    vectors = [HalfVector(new.reading.vector).to_text() for new in sources]
    ats = [new.head.at for new in sources]
    stamps = [new.head.stamp for new in sources]
    readings = [pack(new.reading) for new in sources]
    texts = [pack(new.text) for new in sources]
    arrays = [bigints(new.term_keys) for new in sources]
    with connection.cursor() as cursor:
        cursor.execute(_FINGERPRINTS, [ids, vectors, ats, [new.relevance for new in sources]])
        cursor.execute(_READINGS, [ids, stamps, readings, texts, arrays])
        for table, keys in (
            ("events_copykey", [(new.head.pk, key) for new in sources for key in new.copy_keys]),
            ("events_termkey", [(new.head.pk, key) for new in sources for key in new.term_keys]),
        ):
            columns = [bigints(pk for pk, _ in keys), bigints(key for _, key in keys)]
            cursor.execute(_KEYS.format(table=table), columns)


def forget(now: datetime.datetime) -> None:
    """Drop readings that no open story can want; texts, vectors and keys of copies stay."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [now - KEPT, FORGOTTEN_AT_ONCE])


def bigints(numbers: Iterable[int]) -> str:
    """As PostgreSQL writes an array: for thousands of numbers much faster than a list."""
    return "{" + ",".join(map(str, numbers)) + "}"


def _packed(column: str, wanted: Sequence[Head]) -> list[tuple[int, bytes]]:
    stamps = {head.pk: head.stamp for head in wanted}
    if not stamps:
        return []
    rows: list[Any]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT source_id, stamp, {column} FROM events_storedreading"
            " WHERE source_id = ANY(%s::bigint[])",
            [bigints(stamps)],
        )
        rows = cursor.fetchall()
    return [(pk, packed) for pk, stamp, packed in rows if stamp == stamps[pk]]
