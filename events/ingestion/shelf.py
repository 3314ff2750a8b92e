"""Where sources are looked up by grouping: fingerprints in the database, readings in a small cache.

Nothing here must fit one worker's memory: the database finds the neighbors of a source, and
only these are read.
"""

from __future__ import annotations

import datetime
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Left
from pgvector import HalfVector

from events.ingestion.group import believable_time
from events.ingestion.group_keys import sought_keys, stored_keys
from events.ingestion.group_model import GroupModel, load_model
from events.ingestion.group_reading import Item, Reading, read_items
from events.ingestion.near_duplicates import BODY_CHARS, Copyable, prepare
from events.language.background import HASH_SPACE, Floats
from events.models import Fingerprint, Source, TermFrequency

NEIGHBORS = 40
CACHED = 4_000

_NEIGHBORS_SQL = """
SELECT sought.id, near.source_id
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS sought(id, keys, vector)
CROSS JOIN LATERAL (
    SELECT f.source_id,
           cardinality(ARRAY(SELECT unnest(f.keys) INTERSECT SELECT unnest(sought.keys::bigint[])))
               AS shared,
           f.vector <=> sought.vector::halfvec(256) AS distance
    FROM events_fingerprint f
    WHERE f.keys && sought.keys::bigint[] AND f.source_id <> sought.id
    ORDER BY shared DESC, distance, f.source_id
    LIMIT %s
) AS near
"""


@dataclass(frozen=True)
class Known:
    """A source as grouping knows it."""

    pk: int
    title: str
    at: datetime.datetime
    publisher_id: int | None
    copy_of_id: int | None
    reading: Reading
    text: Copyable


_cache: OrderedDict[tuple[int, str, datetime.datetime], tuple[Reading, Copyable]] = OrderedDict()
_frequency: dict[datetime.datetime, tuple[Floats, int]] = {}


class Shelf:
    """The model, with term weights as the window last had them."""

    def __init__(self) -> None:
        self.model: GroupModel = load_model()
        self.frequency, self.frequency_of = _window_frequency()
        self.weight = self.model.background.term_weight(self.frequency, self.frequency_of)

    def read(self, source_ids: Iterable[int]) -> dict[int, Known]:
        rows = list(
            Source.objects.filter(pk__in=list(source_ids))
            .order_by("pk")
            .values_list("pk", "title", "published_at", "first_seen_at", "publisher_id", "copy_of")
        )
        times = {row[0]: believable_time(row[2], row[3]) for row in rows}
        missing = [row[0] for row in rows if (row[0], row[1], times[row[0]]) not in _cache]
        self._fill(Source.objects.filter(pk__in=missing), times)
        known = {}
        for pk, title, _, _, publisher_id, copy_of_id in rows:
            key = (pk, title, times[pk])
            _cache.move_to_end(key)
            reading, text = _cache[key]
            known[pk] = Known(pk, title, times[pk], publisher_id, copy_of_id, reading, text)
        while len(_cache) > CACHED:
            _cache.popitem(last=False)
        return known

    def _fill(self, sources: QuerySet[Source], times: dict[int, datetime.datetime]) -> None:
        # A text may be as long as a book: only its beginning is read.
        found = list(
            sources.order_by("pk").values_list(
                "pk", "title", Left("summary", BODY_CHARS), Left("text", BODY_CHARS), "url"
            )
        )
        items = [Item(pk, t, s, body, url, at=times[pk]) for pk, t, s, body, url in found]
        for item, reading in zip(items, read_items(items, self.model), strict=True):
            pk = int(item.key)
            _cache[(pk, item.title, times[pk])] = (reading, prepare(item))

    def add(self, sources: Sequence[Known]) -> None:
        """Store fingerprints, so that the sources are found from now on."""
        Fingerprint.objects.bulk_create(
            [
                Fingerprint(
                    source_id=known.pk,
                    keys=stored_keys(known.text, known.reading, self.weight),
                    vector=HalfVector(known.reading.vector),
                    at=known.at,
                )
                for known in sources
            ],
            update_conflicts=True,
            unique_fields=["source"],
            update_fields=["keys", "vector", "at"],
        )

    def neighbors(self, sources: Sequence[Known]) -> dict[int, list[int]]:
        """For each source the nearest others, those with most keys in common first."""
        keys = [_array(sought_keys(s.text, s.reading, self.weight)) for s in sources]
        vectors = [HalfVector(s.reading.vector).to_text() for s in sources]
        found: dict[int, list[int]] = {known.pk: [] for known in sources}
        with connection.cursor() as cursor:
            cursor.execute(_NEIGHBORS_SQL, [list(found), keys, vectors, NEIGHBORS])
            for pk, near in cursor.fetchall():
                found[pk].append(near)
        return found


def save_frequency(frequency: Floats, document_count: int, now: datetime.datetime) -> None:
    """Keep how common terms are in the window, for all workers."""
    terms = np.flatnonzero(frequency).astype(np.int32)
    TermFrequency.objects.update_or_create(
        pk=1,
        defaults={
            "terms": terms.tobytes(),
            "counts": np.minimum(frequency[terms], 65_535).astype(np.uint16).tobytes(),
            "document_count": document_count,
            "counted_at": now,
        },
    )


def _window_frequency() -> tuple[Floats, int]:
    """As last saved; read again only after it was counted anew."""
    counted_at = TermFrequency.objects.values_list("counted_at", flat=True).first()
    if counted_at is None:
        return np.zeros(HASH_SPACE, np.float32), 0
    if counted_at not in _frequency:
        row = TermFrequency.objects.get()
        frequency = np.zeros(HASH_SPACE, np.float32)
        frequency[np.frombuffer(row.terms, np.int32)] = np.frombuffer(row.counts, np.uint16)
        _frequency.clear()
        _frequency[row.counted_at] = (frequency, row.document_count)
        return frequency, row.document_count
    return _frequency[counted_at]


def _array(keys: Sequence[int]) -> str:
    """As PostgreSQL writes an array: arrays of unequal length cannot stand in one of arrays."""
    return "{" + ",".join(map(str, keys)) + "}"
