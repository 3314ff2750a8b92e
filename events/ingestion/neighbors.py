"""Which stored sources a new one may belong with: two lookups in the database for a handful.

Both cost the same however many sources are stored: terms are bound to days, and of a key of
copies the oldest few are read, because more of them are boilerplate.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import LiteralString

import numpy as np

from events.ingestion.binary import bigints, binary_cursor, by_key
from events.ingestion.group_keys import Sought
from events.ingestion.near_duplicates import MAX_BUCKET

NEIGHBORS = 40
# Of so many that share most, the nearest by vector are taken; opposite vectors cost as much as
# a few shared rare terms are worth.
SHARING, DISTANCE_COST = 100, 10.0

# Source by source: sorting few rows each is cheaper than all of them together.
_BY_TERMS = """
SELECT sought.id, nearest.source_id
FROM unnest(%(ids)s::bigint[], %(counts)s::bigint[], %(ends)s::bigint[])
    AS sought(id, keys, upto)
JOIN events_fingerprint AS own ON own.source_id = sought.id
CROSS JOIN LATERAL (
    SELECT shared.source_id,
        shared.worth - %(distance_cost)s * (own.vector <#> other.vector) AS nearness
    FROM (
        SELECT stored.source_id, sum(term.worth) AS worth
        FROM unnest(
            (%(keys)s::bigint[])[upto - keys + 1 : upto],
            (%(worths)s::real[])[upto - keys + 1 : upto]
        ) AS term(key, worth)
        JOIN events_termkey AS stored
            ON stored.key = term.key AND stored.source_id <> sought.id
        GROUP BY stored.source_id
        ORDER BY sum(term.worth) DESC, stored.source_id LIMIT %(sharing)s
    ) AS shared
    JOIN events_fingerprint AS other ON other.source_id = shared.source_id
    ORDER BY nearness DESC, shared.source_id LIMIT %(neighbors)s
) AS nearest
ORDER BY sought.id, nearest.nearness DESC, nearest.source_id
"""
_BY_COPIES = """
SELECT sought.id, stored.source_id
FROM unnest(%(ids)s::bigint[], %(keys)s::bigint[]) AS sought(id, key)
CROSS JOIN LATERAL (
    SELECT source_id FROM events_copykey WHERE key = sought.key ORDER BY source_id LIMIT %(most)s
) AS stored
WHERE stored.source_id <> sought.id
GROUP BY sought.id, stored.source_id
ORDER BY sought.id, count(*) DESC, stored.source_id
"""


def by_terms(sought: dict[int, Sought]) -> dict[int, list[int]]:
    """For each source the nearest of those that share its rarest terms."""
    counts = bigints(len(keys) for keys, _ in sought.values())
    parameters = {
        "ids": bigints(sought),
        "counts": counts,
        "ends": counts.cumsum(),
        "keys": np.concatenate([keys for keys, _ in sought.values()]),
        "worths": np.concatenate([worths for _, worths in sought.values()]),
        "distance_cost": DISTANCE_COST,
        "sharing": SHARING,
        "neighbors": NEIGHBORS,
    }
    return _found(sought, _BY_TERMS, parameters)


def by_copy_keys(sought: dict[int, list[int]]) -> dict[int, list[int]]:
    """For each source those that it may be a copy of, whenever they came."""
    ids, keys = by_key(
        bigints(pk for pk, keys in sought.items() for _ in keys),
        bigints(key for keys in sought.values() for key in keys),
    )
    return _found(sought, _BY_COPIES, {"ids": ids, "keys": keys, "most": MAX_BUCKET})


def _found(
    sought: Iterable[int], sql: LiteralString, parameters: dict[str, object]
) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {pk: [] for pk in sought}
    with binary_cursor() as cursor:
        cursor.execute(sql, parameters)
        for pk, near in cursor.fetchall():
            found[pk].append(near)
    return found
