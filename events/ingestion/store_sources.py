"""The sources that entries stand for: one row per canonical address, whoever brings it first."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from events.ingestion.normalize import title_from
from events.models import Source

Row = dict[str, Any]
ROWS_AT_ONCE = 500


def as_json(rows: Sequence[Row]) -> str:
    return json.dumps(rows, default=_plain, ensure_ascii=False)


def slices(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """As many rows at a time as one statement shall hold: each is copied a few times on its way."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]


def _plain(value: object) -> object:
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return f"{value.total_seconds()} seconds"
    raise TypeError(f"no JSON for {type(value)}")


GIVEN = {
    "canonical_url": "text",
    "url": "text",
    "title": "text",
    "publisher_id": "bigint",
    "author": "text",
    "kind": "text",
    "lang": "text",
    "published_at": "timestamptz",
    "summary": "text",
    "content_hash": "text",
}
AS_RECEIVED = tuple(name for name in GIVEN if name not in ("title", "publisher_id", "kind"))
INSERT = """
INSERT INTO events_source ({names}, {others})
SELECT {names}, {values} FROM json_to_recordset(%(rows)s::json) AS r({types})
ON CONFLICT (canonical_url) DO NOTHING
RETURNING id, canonical_url
"""
# A source that is cited belongs to the public record: only people change that.
RETITLE = """
WITH r AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS r(id bigint, title text, old_title text)
), locked AS MATERIALIZED (
    SELECT s.id FROM events_source AS s WHERE s.id IN (SELECT id FROM r)
    ORDER BY s.id FOR NO KEY UPDATE
)
UPDATE events_source AS s SET title = r.title
FROM r JOIN locked USING (id)
WHERE s.id = r.id AND s.title = r.old_title
    AND NOT EXISTS (SELECT 1 FROM events_citation AS c WHERE c.source_id = s.id)
"""


# Time enough for the worker that stored a source to have it placed.
HANDED_OVER = datetime.timedelta(minutes=2)
WAITING_DAYS = datetime.timedelta(days=2)


def unplaced_sources(now: datetime.datetime, limit: int = 500) -> list[int]:
    """Sources from feeds that no story has, though their worker has had the time to ask."""
    waiting = Source.objects.filter(
        membership__isnull=True,
        entries__isnull=False,
        first_seen_at__range=(now - WAITING_DAYS, now - HANDED_OVER),
    )
    return sorted(set(waiting.order_by("first_seen_at").values_list("pk", flat=True)[:limit]))


class Sources:
    """Finds or inserts the sources of entries, within their transaction.

    A source whose host no publisher lists gets the row's `feed_publisher_id`.
    """

    def __init__(self, cursor: CursorWrapper, now: datetime.datetime) -> None:
        self._cursor = cursor
        self._now = now
        self._ids: dict[str, int] = {}
        self._inserted: set[str] = set()

    def find_or_insert(self, rows: Sequence[Row]) -> None:
        """Make `of` answer for these rows."""
        if not rows:
            return
        wanted: dict[str, Row] = {}
        for row in rows:
            wanted.setdefault(row["canonical_url"], row)
        self._find(list(wanted))
        missing = [row for url, row in wanted.items() if url not in self._ids]
        # All in the order of the address: two polls that bring the same articles then wait for
        # each other instead of blocking each other for good.
        missing.sort(key=lambda row: str(row["canonical_url"]))
        for some in slices(missing):
            self._insert(some)
        if missing:
            # What another poll inserted since is visible now that its transaction has ended.
            self._find([url for url in wanted if url not in self._ids])

    def of(self, row: Row) -> tuple[int, str]:
        """(source id, by which rule an entry new to its feed got it). Ask once for each row."""
        url = row["canonical_url"]
        if url in self._inserted:
            self._inserted.remove(url)
            return self._ids[url], "new"
        return self._ids[url], "url"

    def retitle(self, rows: Sequence[Row]) -> None:
        """An article was renamed by its publisher: its source follows, unless it is cited."""
        changes = [
            {"id": row["old_source_id"], "title": row["title"], "old_title": row["old_title"]}
            for row in rows
            if row["old_source_id"] is not None
        ]
        if changes:
            self._cursor.execute(RETITLE, {"rows": as_json(changes)})

    def _find(self, urls: Sequence[str]) -> None:
        if urls:
            self._cursor.execute(
                "SELECT canonical_url, id FROM events_source WHERE canonical_url = ANY(%s)",
                [list(urls)],
            )
            self._ids.update(self._cursor.fetchall())

    def _insert(self, rows: Sequence[Row]) -> None:
        publishers = self._publishers({host_of(row["canonical_url"]) for row in rows})
        values = []
        for row in rows:
            host = host_of(row["canonical_url"])
            publisher_id, kind = publishers.get(host, (row["feed_publisher_id"], "press"))
            values.append(
                {
                    **{name: row[name] for name in AS_RECEIVED},
                    "title": row["title"] or title_from(row["summary"], row["url"]),
                    "publisher_id": publisher_id,
                    "kind": source_kind(host, kind),
                }
            )
        others = defaults(Source, GIVEN) | {"first_seen_at": self._now}
        self._cursor.execute(
            INSERT.format(
                names=", ".join(GIVEN),
                types=", ".join(f"{name} {kind}" for name, kind in GIVEN.items()),
                others=", ".join(others),
                values=", ".join(f"%({name})s" for name in others),
            ),
            {**others, "rows": as_json(values)},
        )
        for source_id, url in self._cursor.fetchall():
            self._ids[url] = source_id
            self._inserted.add(url)

    def _publishers(self, hosts: Iterable[str]) -> dict[str, tuple[int, str]]:
        """Publisher of each host, by the longest of its names that a publisher lists."""
        names = {host: _names(host) for host in hosts}
        self._cursor.execute(
            "SELECT id, kind, hosts FROM events_publisher WHERE hosts && %s::varchar[]",
            [sorted({name for tried in names.values() for name in tried})],
        )
        by_name = {
            name: (publisher_id, kind)
            for publisher_id, kind, listed in self._cursor.fetchall()
            for name in listed
        }
        found = {}
        for host, tried in names.items():
            match = next((by_name[name] for name in tried if name in by_name), None)
            if match:
                found[host] = match
        return found


def defaults(model: type[Model], given: Iterable[str]) -> dict[str, Any]:
    """Columns of the model that are not given, with what a new row holds there."""
    names = set(given)
    return {
        field.column: field.get_db_prep_save(field.get_default(), connection)
        for field in model._meta.concrete_fields
        if field.column and not field.primary_key and field.column not in names
    }


def host_of(canonical_url: str) -> str:
    return canonical_url.partition("://")[2].partition("/")[0].partition(":")[0]


def _names(host: str) -> list[str]:
    """The host and the domains above it, longest first: edition.cnn.com, cnn.com."""
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(max(len(labels) - 1, 1))]


KINDS = {
    "lab": Source.Kind.PRIMARY,
    "company": Source.Kind.PRIMARY,
    "official": Source.Kind.OFFICIAL,
    "academic": Source.Kind.PAPER,
    "social": Source.Kind.SOCIAL,
}


def source_kind(host: str, publisher_kind: str) -> Source.Kind:
    if host in ("arxiv.org", "doi.org"):
        return Source.Kind.PAPER
    if host == "x.com":
        return Source.Kind.SOCIAL
    return KINDS.get(publisher_kind, Source.Kind.PRESS)
