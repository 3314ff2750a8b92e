"""Write what polls gave: entries, the sources they stand for, the feeds' state, the runs.

One transaction for the polls that are ready at the same time, with the feeds' rows locked and
their claims checked: a poll is stored wholly or not at all, and never by two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from events.ingestion.identify import identify
from events.ingestion.store_entries import (
    Judge,
    count,
    entry_row,
    insert_entries,
    see_entries,
    stored_entries,
    update_entries,
)
from events.ingestion.store_feeds import Poll, finish, lock
from events.ingestion.store_sources import Row, Sources
from events.ingestion.types import EntryDraft, IngestResult
from events.models import Entry

__all__ = ["Brought", "ClaimLost", "Judge", "Poll", "accept", "store_outcomes", "store_polls"]


class ClaimLost(Exception):
    """Another worker owns the feed by now; nothing was stored."""


def accept(draft: EntryDraft) -> tuple[Entry.State, str]:
    """The judge of a feed without topic rules."""
    return Entry.State.ACCEPTED, ""


@dataclass(frozen=True, slots=True)
class Brought:
    """A poll that brought a document: its entries, and who judges them."""

    poll: Poll
    result: IngestResult
    drafts: Sequence[EntryDraft]
    judge: Judge = accept


def store_polls(polls: Sequence[Brought]) -> set[int]:
    """Store polls that were read, all or none; fills in the results' counts.

    Returns the ids of the feeds stored: those whose claim was lost store nothing.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        held = lock(cursor, [each.poll for each in polls])
        polls = [each for each in polls if each.poll.feed.pk in held]
        if not polls:
            return held
        rows_of = _rows(cursor, polls)
        rows = [row for rows in rows_of for row in rows]
        sources = Sources(cursor, max(each.poll.finished_at for each in polls))
        _give_sources(sources, rows)
        insert_entries(cursor, [row for row in rows if row["id"] is None])
        update_entries(cursor, [row for row in rows if row["changed"]])
        see_entries(cursor, [row for row in rows if row["id"] is not None and not row["changed"]])
        sources.retitle([row for row in rows if row["old_title"]])
        for each, own in zip(polls, rows_of, strict=True):
            _sum_up(each, own)
        finish(cursor, [(each.poll, each.result) for each in polls])
    return held


def store_outcomes(polls: Sequence[tuple[Poll, IngestResult]]) -> set[int]:
    """Store polls that brought no entries: unchanged, or failed. Lost claims store nothing."""
    if not polls:
        return set()
    with connection.cursor() as cursor:
        return finish(cursor, polls)


def _rows(cursor: CursorWrapper, polls: Sequence[Brought]) -> list[list[Row]]:
    stored = stored_entries(cursor, {each.poll.feed.pk: each.drafts for each in polls})
    found = []
    for each in polls:
        feed = each.poll.feed
        matches = identify(each.drafts, stored[feed.pk].values())
        found.append(
            [
                entry_row(match, stored[feed.pk], each.judge, each.poll, feed.publisher_id)
                for match in matches
            ]
        )
    return found


def _give_sources(sources: Sources, rows: Sequence[Row]) -> None:
    sources.find_or_insert([row for row in rows if row["needs_source"]])
    for row in rows:
        source_id, known_by = sources.of(row) if row["needs_source"] else (None, "")
        row["source_id"] = source_id
        row["matched_by"] = row["matched_by"] or known_by


def _sum_up(each: Brought, rows: Sequence[Row]) -> None:
    count(rows, each.result)
    # Also those that the record knew before: they have no story yet.
    each.result.new_source_ids = sorted({row["source_id"] for row in rows if row["needs_source"]})
    if each.result.new:
        each.poll.values["last_new_entry_at"] = each.poll.finished_at
