"""The state of a feed after a poll, and the poll's own row: one statement for any number."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.utils import CursorWrapper

from events.ingestion.store_sources import Row, as_json
from events.ingestion.types import IngestResult
from events.models import Feed


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll of one feed: the claim it runs under, and what the feed's row becomes."""

    feed: Feed
    claimed: datetime.datetime
    started_at: datetime.datetime
    finished_at: datetime.datetime
    values: dict[str, Any] = field(default_factory=dict)


# What a poll may change of its feed's row, with the types of the columns.
FEED_COLUMNS = {
    "url": "text",
    "title": "text",
    "homepage": "text",
    "lang": "text",
    "etag": "text",
    "last_modified": "text",
    "next_poll_at": "timestamptz",
    "interval": "interval",
    "last_polled_at": "timestamptz",
    "last_success_at": "timestamptz",
    "last_new_entry_at": "timestamptz",
    "newest_entry_at": "timestamptz",
    "usual_gap": "interval",
    "last_status": "smallint",
    "failure_count": "integer",
    "last_error": "text",
    "body_hash": "text",
    "ttl": "interval",
    "former_urls": "text[]",
    "moved_to": "text",
    "moved_since": "timestamptz",
}
# What the feed says of itself fills gaps; what a moderator wrote, even just now, stays.
GAPS = ("title", "homepage", "lang")
RUN_COLUMNS = {
    "started_at": "timestamptz",
    "finished_at": "timestamptz",
    "outcome": "text",
    "status": "smallint",
    "new": "integer",
    "updated": "integer",
    "known": "integer",
    "rejected": "integer",
    "byte_count": "integer",
    "note": "text",
    "error": "text",
}


def _change(name: str) -> str:
    if name in GAPS:
        return f'"{name}" = coalesce(nullif(f."{name}", \'\'), r."{name}")'
    return f'"{name}" = r."{name}"'


FINISH = """
WITH r AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(rows)s::json)
        AS r(feed_id bigint, claimed timestamptz, {types})
), polled AS (
    UPDATE events_feed AS f SET claimed_until = NULL, {changes}
    FROM r WHERE f.id = r.feed_id AND f.claimed_until = r.claimed RETURNING f.id
)
INSERT INTO events_feedrun (feed_id, {run})
SELECT feed_id, {run} FROM r WHERE feed_id IN (SELECT id FROM polled) RETURNING feed_id
""".format(
    types=", ".join(f'"{name}" {kind}' for name, kind in (FEED_COLUMNS | RUN_COLUMNS).items()),
    changes=", ".join(_change(name) for name in FEED_COLUMNS),
    run=", ".join(f'"{name}"' for name in RUN_COLUMNS),
)
LOCK = """
SELECT f.id FROM events_feed AS f
JOIN json_to_recordset(%(rows)s::json) AS r(feed_id bigint, claimed timestamptz)
    ON f.id = r.feed_id AND f.claimed_until = r.claimed
ORDER BY f.id FOR NO KEY UPDATE OF f
"""


def lock(cursor: CursorWrapper, polls: Iterable[Poll]) -> set[int]:
    """Hold the rows of these feeds until the transaction ends; ids of those still claimed."""
    rows = [{"feed_id": poll.feed.pk, "claimed": poll.claimed} for poll in polls]
    cursor.execute(LOCK, {"rows": as_json(rows)})
    return {row[0] for row in cursor.fetchall()}


def finish(cursor: CursorWrapper, polls: Sequence[tuple[Poll, IngestResult]]) -> set[int]:
    """Ids of the feeds whose poll was stored; the claim of the others ran out."""
    rows = [_finished(poll, result) for poll, result in polls]
    cursor.execute(FINISH, {"rows": as_json(rows)})
    return {row[0] for row in cursor.fetchall()}


def _finished(poll: Poll, result: IngestResult) -> Row:
    feed = {name: getattr(poll.feed, name) for name in FEED_COLUMNS} | poll.values
    run = {name: getattr(result, name) for name in RUN_COLUMNS if hasattr(result, name)}
    times = {"started_at": poll.started_at, "finished_at": poll.finished_at}
    return {**feed, **run, **times, "feed_id": poll.feed.pk, "claimed": poll.claimed}
