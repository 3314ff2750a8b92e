"""Bring counts, times and relevance of stories in line with their sources: one statement."""

from __future__ import annotations

from collections.abc import Iterable

from events.ingestion.binary import bigints, binary_cursor
from events.ingestion.group_certainty import SURE

# A syndicated text speaks once, for whoever wrote it; a source nobody publishes, for itself.
# A voice counts once the machine is sure of it, or a person: a count must never claim too much.
# A date in the future counts as seen: see `believable_time`.
_REFRESH = """
UPDATE events_story AS story SET
    source_count = found.sources,
    publisher_count = found.voices,
    first_source_at = found.first_at,
    last_source_at = found.last_at,
    relevance = coalesce(found.relevance, story.relevance)
FROM (
    SELECT member.story_id,
        count(*) AS sources,
        greatest(1, count(DISTINCT coalesce(source.publisher_id, -source.id)) FILTER (
            WHERE original.story_id IS DISTINCT FROM member.story_id
            AND (member.score >= %(sure)s OR member.is_confirmed)
        )) AS voices,
        min(least(source.published_at, source.first_seen_at)) AS first_at,
        max(least(source.published_at, source.first_seen_at)) AS last_at,
        round(max(fingerprint.relevance)::numeric, 4)::float AS relevance
    FROM events_storymembership AS member
    JOIN events_source AS source ON source.id = member.source_id
    LEFT JOIN events_storymembership AS original ON original.source_id = source.copy_of_id
    LEFT JOIN events_fingerprint AS fingerprint ON fingerprint.source_id = source.id
    WHERE member.story_id = ANY(%(stories)s::bigint[])
    GROUP BY member.story_id
) AS found
WHERE story.id = found.story_id AND (
    story.source_count, story.publisher_count, story.first_source_at, story.last_source_at,
    story.relevance
) IS DISTINCT FROM (
    found.sources::int, found.voices::int, found.first_at, found.last_at,
    coalesce(found.relevance, story.relevance)
)
"""


def refresh_stories(story_ids: Iterable[int]) -> None:
    """Stories that need no change are not written."""
    with binary_cursor() as cursor:
        cursor.execute(_REFRESH, {"stories": bigints(sorted(set(story_ids))), "sure": SURE})
