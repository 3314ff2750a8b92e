"""The record as one SQLite file, for whoever wants to ask it questions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from events.record.lines import CitationLine, EventLine, PublisherLine

SCHEMA = """
CREATE TABLE events (id TEXT PRIMARY KEY, slug TEXT, url TEXT, title TEXT, summary TEXT,
    date TEXT, earliest TEXT, latest TEXT, precision TEXT, category TEXT, importance INTEGER,
    status TEXT, first_published_at TEXT, last_changed_at TEXT);
CREATE TABLE regions (event TEXT REFERENCES events, region TEXT);
CREATE TABLE tags (event TEXT REFERENCES events, tag TEXT);
CREATE TABLE actors (event TEXT REFERENCES events, slug TEXT, name TEXT, kind TEXT, country TEXT,
    role TEXT);
CREATE TABLE dates (event TEXT REFERENCES events, kind TEXT, note TEXT, date TEXT);
CREATE TABLE publishers (slug TEXT PRIMARY KEY, name TEXT, kind TEXT, country TEXT,
    homepage TEXT, is_rated INTEGER);
CREATE TABLE sources (id TEXT PRIMARY KEY, url TEXT, title TEXT, publisher TEXT REFERENCES
    publishers, author TEXT, kind TEXT, lang TEXT, published TEXT, note TEXT);
CREATE TABLE claims (id TEXT PRIMARY KEY, event TEXT REFERENCES events, text TEXT, said_by TEXT,
    reported_by TEXT, value REAL, unit TEXT, status TEXT, reason TEXT);
CREATE TABLE citations (event TEXT REFERENCES events, claim TEXT REFERENCES claims,
    source TEXT REFERENCES sources, role TEXT, stance TEXT, quote TEXT, locator TEXT);
CREATE TABLE relations (event TEXT REFERENCES events, kind TEXT, other TEXT, note TEXT);
CREATE TABLE edition (number INTEGER, changed_at TEXT, licence TEXT);
"""


def write_sqlite(path: Path, lines: Iterable[EventLine], edition: tuple[int, str, str]) -> None:
    """Write the published lines to a new file at `path`."""
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(SCHEMA)
        database.execute("INSERT INTO edition VALUES (?, ?, ?)", edition)
        for line in lines:
            if line.status == "published":
                _insert(database, line)


def _insert(database: sqlite3.Connection, line: EventLine) -> None:
    date = line.date
    _rows(database, "events", [(
        line.id, line.slug, line.url, line.title, line.summary, date.edtf, _text(date.earliest),
        _text(date.latest), date.precision, line.category, line.importance, line.status,
        line.first_published_at.isoformat(), line.last_changed_at.isoformat(),
    )])  # fmt: skip
    _rows(database, "regions", [(line.id, region) for region in line.regions])
    _rows(database, "tags", [(line.id, tag) for tag in line.tags])
    _rows(
        database,
        "actors",
        [(line.id, a.slug, a.name, a.kind, a.country, a.role) for a in line.actors],
    )
    _rows(database, "dates", [(line.id, d.kind, d.note, d.date.edtf) for d in line.dates])
    _cite(database, line.id, None, line.sources)
    for claim in line.claims:
        quantity = claim.quantity
        _rows(database, "claims", [(
            claim.id, line.id, claim.text, claim.said_by, claim.reported_by,
            quantity.value if quantity else None, quantity.unit if quantity else None,
            claim.status, claim.reason,
        )])  # fmt: skip
        _cite(database, None, claim.id, claim.sources)
    _rows(database, "relations", [(line.id, r.kind, r.event, r.note) for r in line.relations])


def _cite(
    database: sqlite3.Connection,
    event: str | None,
    claim: str | None,
    citations: list[CitationLine],
) -> None:
    for citation in citations:
        source = citation.source
        if source.publisher:
            _rows(database, "publishers", [_publisher(source.publisher)])
        _rows(database, "sources", [(
            source.id, source.url, source.title, source.publisher and source.publisher.slug,
            source.author, source.kind, source.lang, source.published, source.note,
        )])  # fmt: skip
        _rows(database, "citations", [(
            event, claim, source.id, citation.role, citation.stance, citation.quote,
            citation.locator,
        )])  # fmt: skip


def _publisher(publisher: PublisherLine) -> tuple[object, ...]:
    return (
        publisher.slug,
        publisher.name,
        publisher.kind,
        publisher.country,
        publisher.homepage,
        publisher.is_rated,
    )


def _rows(database: sqlite3.Connection, table: str, rows: list[tuple[object, ...]]) -> None:
    """Insert what is not there yet: a source or publisher comes with every citation."""
    for row in rows:
        marks = ", ".join("?" * len(row))
        database.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
