"""Which stored sources a new one may belong with: two lookups in the database for a handful.

Both cost the same however many sources are stored: terms are bound to days, and of a key of
copies the oldest few are read, because more of them are boilerplate.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import LiteralString

import numpy as np

from events.ingestion.binary import bigints, binary_cursor
from events.ingestion.near_duplicates import MAX_BUCKET

NEIGHBORS = 40
# Of so many that share most, the nearest by vector are taken; opposite vectors cost as much as
# a few shared rare terms are worth.
SHARING, DISTANCE_COST = 150, 10.0

_BY_TERMS = """
WITH shared AS (
    SELECT sought.id, stored.source_id, sum(sought.worth) AS worth, row_number() OVER (
        PARTITION BY sought.id ORDER BY sum(sought.worth) DESC, stored.source_id
    ) AS place
    FROM unnest(%s::bigint[], %s::bigint[], %s::real[]) AS sought(id, key, worth)
    JOIN events_termkey AS stored ON stored.key = sought.key AND stored.source_id <> sought.id
    GROUP BY sought.id, stored.source_id
), own AS MATERIALIZED (  -- else looked up again for each candidate
    SELECT source_id, vector FROM events_fingerprint WHERE source_id = ANY(%s::bigint[])
), ranked AS (
    SELECT shared.id, shared.source_id, row_number() OVER (
        PARTITION BY shared.id
        ORDER BY shared.worth - %s * (own.vector <#> other.vector) DESC, shared.source_id
    ) AS place
    FROM shared
    JOIN own ON own.source_id = shared.id
    JOIN events_fingerprint AS other ON other.source_id = shared.source_id
    WHERE shared.place <= %s
)
SELECT id, source_id FROM ranked WHERE place <= %s ORDER BY id, place
"""
_BY_COPIES = """
SELECT sought.id, stored.source_id
FROM unnest(%s::bigint[], %s::bigint[]) AS sought(id, key)
CROSS JOIN LATERAL (
    SELECT source_id FROM events_copykey WHERE key = sought.key ORDER BY source_id LIMIT %s
) AS stored
WHERE stored.source_id <> sought.id
GROUP BY sought.id, stored.source_id
ORDER BY sought.id, count(*) DESC, stored.source_id
"""


def by_terms(sought: dict[int, list[tuple[int, float]]]) -> dict[int, list[int]]:
    """For each source the nearest of those that share its rarest terms."""
    ids = bigints(pk for pk, keys in sought.items() for _ in keys)
    keys = bigints(key for keys in sought.values() for key, _ in keys)
    worths = np.array([worth for keys in sought.values() for _, worth in keys], np.float32)
    limits = (DISTANCE_COST, SHARING, NEIGHBORS)
    return _found(sought, _BY_TERMS, ids, keys, worths, bigints(sought), *limits)


def by_copy_keys(sought: dict[int, list[int]]) -> dict[int, list[int]]:
    """For each source those that it may be a copy of, whenever they came."""
    ids = bigints(pk for pk, keys in sought.items() for _ in keys)
    keys = bigints(key for keys in sought.values() for key in keys)
    return _found(sought, _BY_COPIES, ids, keys, MAX_BUCKET)


def _found(sought: Iterable[int], sql: LiteralString, *parameters: object) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {pk: [] for pk in sought}
    with binary_cursor() as cursor:
        cursor.execute(sql, parameters)
        for pk, near in cursor.fetchall():
            found[pk].append(near)
    return found
