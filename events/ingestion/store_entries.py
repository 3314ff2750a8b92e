"""Entries of any number of feeds: which rows they are, what becomes of them, and writing them.

Entries go in by the hundred, as one JSON parameter, because a row by row ORM is what first polls
would spend their time on.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence

from django.db.backends.utils import CursorWrapper

from events.ingestion.store_feeds import Poll
from events.ingestion.store_sources import Row, as_json, defaults, slices
from events.ingestion.types import EntryDraft, IngestResult, Match, StoredEntry
from events.models import Entry

# What a topic rule says of a draft: the state of its entry, and the reason if it is not accepted.
Judge = Callable[[EntryDraft], tuple[Entry.State, str]]

# An unchanged entry says "seen" at most this often: rewriting all rows at each poll is waste.
SEEN_AGAIN = "6 hours"
# Some publishers try two titles in turn, for ever.
TITLES_KEPT = 50

# Joins by the feed and one key each, so that every one of them is a look-up in an index.
STORED = """
WITH w AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(rows)s::json)
        AS r(feed_id bigint, guid_key text, canonical_url text, content_hash text)
), found AS (
    SELECT e.id FROM w JOIN events_entry AS e USING (feed_id, guid_key)
    UNION SELECT e.id FROM w JOIN events_entry AS e USING (feed_id, canonical_url)
        WHERE w.canonical_url <> ''
    UNION SELECT e.id FROM w JOIN events_entry AS e USING (feed_id, content_hash)
)
SELECT id, guid_key, canonical_url, content_hash, published_at, guid, url, title, summary, author,
    lang, date_flag, updated_at, state, source_id, feed_id
FROM events_entry WHERE id IN (SELECT id FROM found) ORDER BY id
"""


def stored_entries(
    cursor: CursorWrapper, drafts: Mapping[int, Sequence[EntryDraft]]
) -> dict[int, dict[int, StoredEntry]]:
    """feed id → entry id → what is stored, of all that the drafts of the feed may be."""
    wanted = [
        {
            "feed_id": feed_id,
            "guid_key": draft.guid_key,
            "canonical_url": draft.canonical_url,
            "content_hash": draft.content_hash,
        }
        for feed_id, of_feed in drafts.items()
        for draft in of_feed
    ]
    cursor.execute(STORED, {"rows": as_json(wanted)})
    stored: dict[int, dict[int, StoredEntry]] = {feed_id: {} for feed_id in drafts}
    for *values, feed_id in cursor.fetchall():
        stored[feed_id][values[0]] = StoredEntry(*values)
    return stored


# Deciding ---------------------------------------------------------------------------------------

COMPARED = ("guid", "guid_key", "url", "canonical_url", "title", "summary", "author", "lang")
WANTED = (Entry.State.ACCEPTED, Entry.State.LOW)


def entry_row(
    match: Match, stored: Mapping[int, StoredEntry], judge: Judge, poll: Poll, publisher: int | None
) -> Row:
    """What the entry's row becomes, and what has to be done for it."""
    draft = match.draft
    state, reason = (Entry.State.REJECTED, draft.rejected) if draft.rejected else judge(draft)
    old = stored[match.entry_id] if match.entry_id is not None else None
    if old is not None and (old.source_id is not None or old.state == Entry.State.DROPPED):
        # What was accepted, dropped or put aside once stays so: nothing comes back by itself.
        state, reason = Entry.State(old.state), ""
    published_at, date_flag = _dated(draft, old)
    row: Row = {
        "id": match.entry_id,
        "feed_id": poll.feed.pk,
        "feed_publisher_id": publisher,
        "seen_at": poll.finished_at,
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
        "needs_source": state in WANTED and (old is None or old.source_id is None),
        "changed": False,
        "old_title": "",
        "old_source_id": old.source_id if old else None,
    }
    if old is not None:
        row["changed"] = _is_changed(row, old)
        row["old_title"] = old.title if old.title != draft.title else ""
    return row


def _dated(draft: EntryDraft, old: StoredEntry | None) -> tuple[datetime.datetime | None, str]:
    """When it was published, and why a date is not used.

    Some feeds move their dates to "now" at each poll: the earliest one is the true one.
    """
    if old is None or old.published_at is None:
        return draft.published_at, draft.date_flag
    return min(old.published_at, draft.published_at or old.published_at), ""


def _is_changed(row: Row, old: StoredEntry) -> bool:
    if row["needs_source"] or row["published_at"] != old.published_at:
        return True
    return any(row[name] != getattr(old, name) for name in COMPARED)


def count(rows: Sequence[Row], result: IngestResult) -> None:
    result.new = result.updated = result.known = result.rejected = 0
    result.reasons = {}
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
RECORD = (
    "json_to_recordset(%(rows)s::json)"
    " AS r(id bigint, feed_id bigint, seen_at timestamptz, old_title text, {})"
).format(", ".join(f"{name} {kind}" for name, kind in FIELDS.items()))
# Those of one poll stand in their order; the oldest entry of a feed gets the lowest id.
INSERT = """
INSERT INTO events_entry (feed_id, first_seen_at, last_seen_at, {names}, {others})
SELECT feed_id, seen_at, seen_at, {names}, {values} FROM {record}
"""
# That its GUID was the same goes without saying: the rule that once told more is kept.
# A source once found is kept: the entry may have moved, what it stood for has not.
KEPT = ("state", "reason", "source_id", "matched_by")
UPDATE = """
UPDATE events_entry AS e SET {changes},
    state = CASE WHEN e.source_id IS NULL THEN r.state ELSE e.state END,
    reason = CASE WHEN e.source_id IS NOT NULL OR (r.state = e.state AND r.reason = '')
        THEN e.reason ELSE r.reason END,
    source_id = coalesce(e.source_id, r.source_id),
    matched_by = CASE WHEN r.matched_by = 'guid' THEN e.matched_by ELSE r.matched_by END,
    last_seen_at = r.seen_at,
    old_titles = CASE WHEN r.old_title = '' THEN e.old_titles ELSE
        jsonb_path_query_array(e.old_titles, '$[last - {kept} to last]')
        || jsonb_build_object('title', r.old_title, 'until', r.seen_at) END
FROM {record} WHERE e.id = r.id
""".format(
    changes=", ".join(f"{name} = r.{name}" for name in FIELDS if name not in KEPT),
    kept=TITLES_KEPT - 2,
    record=RECORD,
)
SEEN = f"""
UPDATE events_entry AS e SET last_seen_at = r.seen_at
FROM json_to_recordset(%(rows)s::json) AS r(id bigint, seen_at timestamptz)
WHERE e.id = r.id AND e.last_seen_at < r.seen_at - interval '{SEEN_AGAIN}'
"""


def insert_entries(cursor: CursorWrapper, rows: Sequence[Row]) -> None:
    others = defaults(Entry, [*FIELDS, "feed_id", "first_seen_at", "last_seen_at"])
    sql = INSERT.format(
        names=NAMES,
        record=RECORD,
        others=", ".join(others),
        values=", ".join(f"%({name})s" for name in others),
    )
    for some in slices(rows):
        cursor.execute(sql, {**others, "rows": as_json(some)})


def update_entries(cursor: CursorWrapper, rows: Sequence[Row]) -> None:
    for some in slices(rows):
        cursor.execute(UPDATE, {"rows": as_json(some)})


def see_entries(cursor: CursorWrapper, rows: Sequence[Row]) -> None:
    """Note that entries still stand in their feeds."""
    if rows:
        seen = [{"id": row["id"], "seen_at": row["seen_at"]} for row in rows]
        cursor.execute(SEEN, {"rows": as_json(seen)})
