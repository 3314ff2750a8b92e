"""The same rows in SQLite with full-text search, served by Datasette (requirements/bench.txt)."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from django.db import connection

# What our page searches: titles, summaries, names and topics, claims and what is cited.
ROWS = """
SELECT e.id, coalesce(e.earliest, e.latest)::text, e.date, e.title, e.summary, e.category,
    e.importance, array_to_json(e.regions)::text, array_to_json(e.tags)::text,
    (SELECT coalesce(json_agg(a.slug ORDER BY p.position), '[]')::text
     FROM events_participation p JOIN events_actor a ON a.id = p.actor_id WHERE p.event_id = e.id),
    (SELECT coalesce(json_agg(c.status ORDER BY c.id), '[]')::text
     FROM events_claim c WHERE c.event_id = e.id),
    concat_ws(' ',
        (SELECT string_agg(concat_ws(' ', a.name, array_to_string(a.aliases, ' ')), ' ')
         FROM events_participation p JOIN events_actor a ON a.id = p.actor_id
         WHERE p.event_id = e.id),
        array_to_string(e.tags, ' '),
        (SELECT string_agg(concat_ws(' ', c.text, c.said_by), ' ')
         FROM events_claim c WHERE c.event_id = e.id),
        (SELECT string_agg(concat_ws(' ', s.title, s.author, p.name), ' ')
         FROM events_citation c JOIN events_source s ON s.id = c.source_id
             LEFT JOIN events_publisher p ON p.id = s.publisher_id WHERE c.event_id = e.id))
FROM events_event e WHERE e.status = 'published' ORDER BY e.id
"""
SCHEMA = """
CREATE TABLE events (id INTEGER PRIMARY KEY, day TEXT, date TEXT, title TEXT, summary TEXT,
    category TEXT, importance INTEGER, regions TEXT, tags TEXT, actors TEXT, claims TEXT,
    words TEXT);
CREATE VIRTUAL TABLE events_fts USING fts5(title, summary, words, content=events,
    content_rowid=id, tokenize='porter');
"""
INDEXES = """
INSERT INTO events_fts(events_fts) VALUES ('rebuild');
CREATE INDEX events_day ON events(day);
CREATE INDEX events_category ON events(category);
CREATE INDEX events_importance ON events(importance);
ANALYZE;
"""
# Its own limits would leave facets out of its pages that ours shows.
SETTINGS = {
    "sql_time_limit_ms": 60_000,
    "facet_time_limit_ms": 60_000,
    "default_page_size": 40,
    "suggest_facets": "off",
}


def export(path: Path) -> None:
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as lite, connection.cursor() as cursor:
        lite.executescript(SCHEMA)
        cursor.execute(ROWS)
        lite.executemany(f"INSERT INTO events VALUES ({', '.join('?' * 12)})", cursor.fetchall())
        lite.executescript(INDEXES)
    lite.close()


def metadata(path: Path) -> None:
    """One search column is hidden from the page: it repeats what stands elsewhere."""
    tables = {"events": {"fts_table": "events_fts", "fts_pk": "id"}}
    path.write_text(json.dumps({"databases": {"events": {"tables": tables}}}))


def command(datasette: str, database: Path, about: Path, port: int) -> list[str]:
    settings = [
        part for name, value in SETTINGS.items() for part in ("--setting", name, str(value))
    ]
    return [
        *(datasette, "serve", "--immutable", str(database), "--metadata", str(about)),
        *("--port", str(port), *settings),
    ]
