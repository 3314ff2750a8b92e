"""The rows behind the shelf: what is stored of a source that was read, and when it is forgotten.

Everything is written and read for many sources at once, as arrays: row by row the round trips
would cost more than the work.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from events.ingestion.binary import bigints, binary_cursor, by_key
from events.ingestion.group_keys import Rare, stored_keys
from events.ingestion.group_packing import pack, unpack_reading, unpack_text, version
from events.ingestion.group_reading import Reading
from events.ingestion.near_duplicates import Copyable

# Longer than any story stays open: what lies idle for so long, nobody asks for any more.
KEPT = datetime.timedelta(days=20)
FORGOTTEN_AT_ONCE = 20_000

# What is stored comes with the head, where it is asked for: one query, not two.
_HEADS = """
SELECT source.id, title, extract(epoch FROM least(published_at, first_seen_at))::float,
    copy_of_id, publisher_id, stored.stamp, stored.{column}
FROM events_source AS source
LEFT JOIN events_storedreading AS stored
    ON stored.source_id = source.id AND source.id = ANY(%s::bigint[])
WHERE source.id = ANY(%s::bigint[]) ORDER BY source.id
"""
_FINGERPRINTS = """
INSERT INTO events_fingerprint (source_id, vector, at, relevance)
SELECT source_id, (%s::real[])[number * 256 - 255 : number * 256]::halfvec, to_timestamp(at),
    relevance
FROM unnest(%s::bigint[], %s::float[], %s::float[])
    WITH ORDINALITY AS r(source_id, at, relevance, number)
ON CONFLICT (source_id) DO UPDATE
SET vector = excluded.vector, at = excluded.at, relevance = excluded.relevance
"""
_READINGS = """
INSERT INTO events_storedreading (source_id, stamp, reading, text, term_keys, stored_at)
SELECT source_id, stamp, reading, text, (%s::bigint[])[upto - keys + 1 : upto], now()
FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[], %s::bytea[], %s::bigint[], %s::bigint[])
    AS r(source_id, stamp, reading, text, keys, upto)
ON CONFLICT (source_id) DO UPDATE SET stamp = excluded.stamp, reading = excluded.reading,
    text = excluded.text, term_keys = excluded.term_keys, stored_at = excluded.stored_at
"""
_COPY_KEYS = """
INSERT INTO events_copykey (source_id, key) SELECT * FROM unnest(%s::bigint[], %s::bigint[])
ON CONFLICT DO NOTHING
"""
_TERM_KEYS = """
INSERT INTO events_termkey (source_id, key) SELECT * FROM unnest(%s::bigint[], %s::bigint[])
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


class Head(NamedTuple):
    """What stands in the source's row, without its texts."""

    pk: int
    title: str
    at: float  # seconds since 1970, as `believable_time` says
    copy_of_id: int | None
    publisher_id: int | None
    # Of the title, the time and the way of reading; the texts themselves never change.
    stamp: int


@dataclass(frozen=True)
class New:
    """A source whose text was just read."""

    head: Head
    reading: Reading
    text: Copyable
    relevance: float
    copy_keys: list[int]
    rare: Rare


def heads(source_ids: Iterable[int]) -> list[Head]:
    return [head for head, _ in _heads(source_ids, "reading", ())]


def with_readings(
    source_ids: Iterable[int], wanted: Iterable[int]
) -> list[tuple[Head, Reading | None]]:
    """With the readings of the wanted, as far as what is stored was read of this very title."""
    found = _heads(source_ids, "reading", wanted)
    return [(head, unpack_reading(packed) if packed else None) for head, packed in found]


def with_texts(source_ids: Collection[int]) -> list[tuple[Head, Copyable | None]]:
    found = _heads(source_ids, "text", source_ids)
    return [(head, unpack_text(packed) if packed else None) for head, packed in found]


def store(sources: Sequence[New]) -> None:
    """Storing again what is stored changes nothing but the time."""
    ids = bigints(new.head.pk for new in sources)
    ats = np.array([new.head.at for new in sources])
    relevances = np.array([new.relevance for new in sources])
    vectors = np.concatenate([new.reading.vector for new in sources])
    stamps = bigints(new.head.stamp for new in sources)
    readings = [pack(new.reading) for new in sources]
    texts = [pack(new.text) for new in sources]
    with binary_cursor() as cursor:
        cursor.execute(_FINGERPRINTS, [vectors, ids, ats, relevances])
        term_keys, counts = _flat([stored_keys(new.reading, new.rare) for new in sources])
        packed = [ids, stamps, readings, texts, counts, counts.cumsum()]
        cursor.execute(_READINGS, [term_keys, *packed])
        cursor.execute(_TERM_KEYS, by_key(ids.repeat(counts), term_keys))
        copy_keys, counts = _flat([new.copy_keys for new in sources])
        cursor.execute(_COPY_KEYS, by_key(ids.repeat(counts), copy_keys))


def forget(now: datetime.datetime) -> None:
    """Drop readings that no open story can want; texts, vectors and keys of copies stay."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [now - KEPT, FORGOTTEN_AT_ONCE])


def _flat(keys: Sequence[list[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All keys in a row, and how many each source has."""
    return bigints(key for own in keys for key in own), bigints(map(len, keys))


def _heads(
    source_ids: Iterable[int], column: str, wanted: Iterable[int]
) -> list[tuple[Head, bytes | None]]:
    ids = bigints(source_ids)
    found: list[tuple[Head, bytes | None]] = []
    reading_now = version()
    with binary_cursor() as cursor:
        cursor.execute(_HEADS.format(column=column), [bigints(wanted), ids])
        for pk, title, at, copy_of, publisher, stamped, packed in cursor.fetchall():
            stamp = crc32(f"{at} {title}".encode(), reading_now)
            head = Head(pk, title, at, copy_of, publisher, stamp)
            found.append((head, packed if stamped == stamp else None))
    return found
