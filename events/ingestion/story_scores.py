"""How surely a source belongs to its story: its mean probability with the story's other originals.

Whoever joins changes the mean of those who were there, of the first one above all: alone it was
sure. Re-clustering then tells the sure ones from the doubtful (`group_certainty`). What a person
confirmed is sure whatever the mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from events.ingestion.binary import bigints, binary_cursor

# A smaller change is not worth a row.
_NOTABLE = 0.01

_JOINED = """
WITH counted AS (
    SELECT member.id, joined.total, joined.number, (
        SELECT count(*) - 1 FROM events_storymembership AS beside
        JOIN events_source AS source ON source.id = beside.source_id AND source.copy_of_id IS NULL
        WHERE beside.story_id = member.story_id
    ) AS others
    FROM unnest(%s::bigint[], %s::float8[], %s::bigint[]) AS joined(source_id, total, number)
    JOIN events_storymembership AS member
        ON member.source_id = joined.source_id AND NOT member.is_confirmed
)
UPDATE events_storymembership AS member
SET score = round((
    (member.score * counted.others + counted.total) / (counted.others + counted.number)
)::numeric, 4)::float8
FROM counted WHERE member.id = counted.id
"""
_AS_CLUSTERED = """
UPDATE events_storymembership AS member SET score = found.score
FROM unnest(%s::bigint[], %s::bigint[], %s::float8[]) AS found(source_id, story_id, score)
WHERE member.source_id = found.source_id AND member.story_id = found.story_id
    AND NOT member.is_confirmed AND abs(member.score - found.score) >= %s
RETURNING member.story_id
"""


def take_in(joined: Mapping[int, Sequence[float]]) -> None:
    """By source, its probabilities with those about to join its story."""
    if not joined:
        return
    totals = np.array([sum(found) for found in joined.values()], np.float64)
    numbers = bigints(len(found) for found in joined.values())
    with binary_cursor() as cursor:
        cursor.execute(_JOINED, [bigints(joined), totals, numbers])


def set_scores(found: Sequence[tuple[int, int, float]]) -> set[int]:
    """By source and the story that it must stand in; the stories in which one changed notably."""
    scores = np.array([score for *_, score in found], np.float64)
    with binary_cursor() as cursor:
        sources, stories = bigints(row[0] for row in found), bigints(row[1] for row in found)
        cursor.execute(_AS_CLUSTERED, [sources, stories, scores, _NOTABLE])
        return {story for (story,) in cursor.fetchall()}
