"""Write what one poll gave: entries, the sources they stand for, the feed's state, the run.

One transaction per feed, with the feed's row locked and its claim checked: a poll is stored
wholly or not at all, and never by two. Entries and sources go in by the hundred, as one JSON
parameter each, because a row by row ORM is what first polls would spend their time on.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from events.ingestion.identify import identify
from events.ingestion.store_sources import Sources, defaults
from events.ingestion.types import EntryDraft, IngestResult, Match, StoredEntry
from events.models import Entry, Feed

# What a topic rule says of a draft: the state of its entry, and the reason if it is not accepted.
Judge = Callable[[EntryDraft], tuple[Entry.State, str]]

# An unchanged entry says "seen" at most this often: rewriting all rows at each poll is waste.
SEEN_AGAIN = datetime.timedelta(hours=6)


class ClaimLost(Exception):
    """Another worker owns the feed by now; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll of one feed: the claim it runs under, and what the feed's row becomes."""

    feed: Feed
    claimed: datetime.datetime
    started_at: datetime.datetime
    finished_at: datetime.datetime
    values: dict[str, Any] = field(default_factory=dict)


def accept(draft: EntryDraft) -> tuple[Entry.State, str]:
    """The judge of a feed without topic rules."""
    return Entry.State.ACCEPTED, ""


def store_entries(
    poll: Poll, drafts: Sequence[EntryDraft], result: IngestResult, judge: Judge = accept
) -> None:
    """Store a poll that was read; fills in the result's counts. Raises ClaimLost."""
    with transaction.atomic(), connection.cursor() as cursor:
        publisher_id = _lock(cursor, poll)
        stored = _stored(cursor, poll.feed.pk, drafts)
        matches = identify(drafts, stored.values())
        sources = Sources(cursor, publisher_id, poll.finished_at)
        rows = [_row(match, stored, judge) for match in matches]
        sources.find_or_insert([row for row in rows if row["needs_source"]])
        for row in rows:
            source = sources.of(row) if row["needs_source"] else None
            row["source_id"], known_by = source or (None, "")
            row["matched_by"] = row["matched_by"] or known_by
        _insert(cursor, poll, [row for row in rows if row["id"] is None])
        _update(cursor, poll, [row for row in rows if row["changed"]])
        _seen(cursor, poll, [row["id"] for row in rows if row["id"] is not None])
        sources.retitle([row for row in rows if row["old_title"]])
        _count(rows, result)
        # Also those that the record knew before: they have no story yet.
        result.new_source_ids = sorted({row["source_id"] for row in rows if row["needs_source"]})
        if result.new:
            poll.values["last_new_entry_at"] = poll.finished_at
        if not _finish(cursor, [(poll, result)]):
            raise ClaimLost(f"feed {poll.feed.pk} belongs to another poll by now")


def store_outcomes(polls: Sequence[tuple[Poll, IngestResult]]) -> None:
    """Store polls that brought no entries: unchanged, or failed. Lost claims store nothing."""
    if polls:
        with connection.cursor() as cursor:
            _finish(cursor, polls)


def _lock(cursor: CursorWrapper, poll: Poll) -> int | None:
    cursor.execute(
        "SELECT publisher_id FROM events_feed WHERE id = %s AND claimed_until = %s FOR UPDATE",
        [poll.feed.pk, poll.claimed],
    )
    found = cursor.fetchone()
    if found is None:
        raise ClaimLost(f"feed {poll.feed.pk} belongs to another poll by now")
    return found[0]  # type: ignore[no-any-return]


STORED = """
SELECT id, guid_key, canonical_url, content_hash, published_at, guid, url, title, summary, author,
    lang, date_flag, updated_at, state, source_id
FROM events_entry WHERE feed_id = %(feed)s AND (
    guid_key = ANY(%(guids)s) OR canonical_url = ANY(%(urls)s) OR content_hash = ANY(%(hashes)s)
) ORDER BY id
"""


def _stored(
    cursor: CursorWrapper, feed_id: int, drafts: Sequence[EntryDraft]
) -> dict[int, StoredEntry]:
    cursor.execute(
        STORED,
        {
            "feed": feed_id,
            "guids": [draft.guid_key for draft in drafts],
            "urls": [draft.canonical_url for draft in drafts if draft.canonical_url],
            "hashes": [draft.content_hash for draft in drafts],
        },
    )
    return {row[0]: StoredEntry(*row) for row in cursor.fetchall()}


# Deciding ---------------------------------------------------------------------------------------

Row = dict[str, Any]
COMPARED = ("guid", "guid_key", "url", "canonical_url", "title", "summary", "author", "lang")


def _row(match: Match, stored: dict[int, StoredEntry], judge: Judge) -> Row:
    """What the entry's row becomes, and what has to be done for it."""
    draft = match.draft
    state, reason = (Entry.State.REJECTED, draft.rejected) if draft.rejected else judge(draft)
    old = stored[match.entry_id] if match.entry_id is not None else None
    if old is not None and (old.source_id is not None or old.state == Entry.State.DROPPED):
        # What was accepted, dropped or put aside once stays so: nothing comes back by itself.
        state, reason = Entry.State(old.state), ""
    published_at, date_flag = draft.published_at, draft.date_flag
    if old is not None and old.published_at is not None:
        # Some feeds move their dates to "now" at each poll: the earliest one is the true one.
        published_at = min(old.published_at, published_at or old.published_at)
        date_flag = "" if date_flag else date_flag
    row: Row = {
        "id": match.entry_id,
        "guid": draft.guid,
        "guid_key": draft.guid_key,
        "url": draft.url,
        "canonical_url": draft.canonical_url,
        "title": draft.title,
        "summary": draft.summary,
        "author": draft.author,
        "lang": draft.lang,
        "published_raw": draft.published_raw,
        "published_at": published_at,
        "updated_at": draft.updated_at,
        "date_flag": date_flag,
        "content_hash": draft.content_hash,
        "state": state.value,
        "reason": reason[:300],
        "matched_by": "" if match.rule == "new" else match.rule,
        "needs_source": state in (Entry.State.ACCEPTED, Entry.State.LOW)
        and (old is None or old.source_id is None),
        "changed": False,
        "old_title": "",
        "old_source_id": old.source_id if old else None,
    }
    if old is not None:
        row["changed"] = _is_changed(row, old)
        row["old_title"] = old.title if old.title != draft.title else ""
    return row


def _is_changed(row: Row, old: StoredEntry) -> bool:
    if row["needs_source"] or row["published_at"] != old.published_at:
        return True
    return any(row[name] != getattr(old, name) for name in COMPARED)


def _count(rows: Sequence[Row], result: IngestResult) -> None:
    for row in rows:
        is_out = row["state"] in (Entry.State.REJECTED, Entry.State.DROPPED)
        if is_out and row["id"] is None:
            result.rejected += 1
            result.reasons[row["reason"]] = result.reasons.get(row["reason"], 0) + 1
        elif row["id"] is None:
            result.new += 1
        elif row["changed"]:
            result.updated += 1
        else:
            result.known += 1


# Writing ----------------------------------------------------------------------------------------

FIELDS = {
    "guid": "text",
    "guid_key": "text",
    "url": "text",
    "canonical_url": "text",
    "title": "text",
    "summary": "text",
    "author": "text",
    "lang": "text",
    "published_raw": "text",
    "published_at": "timestamptz",
    "updated_at": "timestamptz",
    "date_flag": "text",
    "content_hash": "text",
    "state": "text",
    "reason": "text",
    "source_id": "bigint",
    "matched_by": "text",
}
NAMES = ", ".join(FIELDS)
RECORD = "json_to_recordset(%(rows)s::json) AS r(id bigint, old_title text, {})".format(
    ", ".join(f"{name} {kind}" for name, kind in FIELDS.items())
)
INSERT = """
INSERT INTO events_entry ({names}, {others}) SELECT {names}, {values} FROM {record}
"""
# A source once found is kept: the entry may have moved, what it stood for has not.
KEPT = ("state", "reason", "source_id", "matched_by")
UPDATE = """
UPDATE events_entry AS e SET {changes},
    state = CASE WHEN e.source_id IS NULL THEN r.state ELSE e.state END,
    reason = CASE WHEN e.source_id IS NOT NULL OR (r.state = e.state AND r.reason = '')
        THEN e.reason ELSE r.reason END,
    source_id = coalesce(e.source_id, r.source_id),
    matched_by = r.matched_by,
    last_seen_at = %(now)s,
    old_titles = CASE WHEN r.old_title = '' THEN e.old_titles
        ELSE e.old_titles || jsonb_build_object('title', r.old_title, 'until', %(now)s) END
FROM {record} WHERE e.id = r.id
""".format(
    changes=", ".join(f"{name} = r.{name}" for name in FIELDS if name not in KEPT), record=RECORD
)


def _insert(cursor: CursorWrapper, poll: Poll, rows: Sequence[Row]) -> None:
    if not rows:
        return
    others = defaults(Entry, FIELDS) | {
        "feed_id": poll.feed.pk,
        "first_seen_at": poll.finished_at,
        "last_seen_at": poll.finished_at,
    }
    sql = INSERT.format(
        names=NAMES,
        record=RECORD,
        others=", ".join(others),
        values=", ".join(f"%({name})s" for name in others),
    )
    cursor.execute(sql, {**others, "rows": as_json(rows)})


def _update(cursor: CursorWrapper, poll: Poll, rows: Sequence[Row]) -> None:
    if rows:
        cursor.execute(UPDATE, {"rows": as_json(rows), "now": poll.finished_at})


def _seen(cursor: CursorWrapper, poll: Poll, ids: Sequence[int]) -> None:
    if ids:
        cursor.execute(
            "UPDATE events_entry SET last_seen_at = %s WHERE id = ANY(%s) AND last_seen_at < %s",
            [poll.finished_at, list(ids), poll.finished_at - SEEN_AGAIN],
        )


def as_json(rows: Sequence[Row]) -> str:
    return json.dumps(rows, default=_plain, ensure_ascii=False)


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
    "last_status": "smallint",
    "failure_count": "integer",
    "last_error": "text",
    "body_hash": "text",
    "ttl": "interval",
    "former_urls": "text[]",
    "moved_to": "text",
    "moved_since": "timestamptz",
}
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
# One statement for any number of polls: an unchanged feed costs next to nothing.
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
    changes=", ".join(f'"{name}" = r."{name}"' for name in FEED_COLUMNS),
    run=", ".join(f'"{name}"' for name in RUN_COLUMNS),
)


def _finish(cursor: CursorWrapper, polls: Sequence[tuple[Poll, IngestResult]]) -> set[int]:
    """Ids of the feeds whose poll was stored; the claim of the others ran out."""
    rows = [_finished(poll, result) for poll, result in polls]
    cursor.execute(FINISH, {"rows": as_json(rows)})
    return {row[0] for row in cursor.fetchall()}


def _finished(poll: Poll, result: IngestResult) -> Row:
    feed = {name: getattr(poll.feed, name) for name in FEED_COLUMNS} | poll.values
    run = {name: getattr(result, name) for name in RUN_COLUMNS if hasattr(result, name)}
    times = {"started_at": poll.started_at, "finished_at": poll.finished_at}
    return {**feed, **run, **times, "feed_id": poll.feed.pk, "claimed": poll.claimed}


def _plain(value: object) -> object:
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return f"{value.total_seconds()} seconds"
    raise TypeError(f"no JSON for {type(value)}")
