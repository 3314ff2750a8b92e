"""Whole events as data: read one, write one back exactly, tell two apart.

The database takes the snapshots (record_snapshot in the migrations) and keeps them as Revisions.
Writing one back keeps the ids of all rows, so that undoing a merge is exact: a row that wandered
to another event is taken back, and what the snapshot does not know is removed from the event.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection, models

from events.models import (
    Citation,
    Claim,
    Event,
    EventDate,
    Participation,
    Relation,
    Revision,
)
from events.models.ids import new_public_id

Snapshot = dict[str, Any]

# Parts of an event: name in the snapshot, model, column that leads to the event.
PARTS: tuple[tuple[str, type[models.Model], str], ...] = (
    ("dates", EventDate, "event_id"),
    ("actors", Participation, "event_id"),
    ("relations", Relation, "from_event_id"),
    ("citations", Citation, "event_id"),
    ("claims", Claim, "event_id"),
)
# What says who an event is, not how it stands. No snapshot changes these back: a time of first
# publication taken away would be a lie, and would hide the change from caches.
IDENTITY = frozenset(
    {"id", "public_id", "record_id", "recorded_at", "created_by_id", "first_published_at"}
)
STANDING = frozenset({"status", "status_reason", "merged_into_id"})


def read_snapshot(event: Event) -> Snapshot:
    """The event as it stands in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT record_snapshot(%s)", [event.pk])
        text = cursor.fetchone()[0]
    snapshot: Snapshot = json.loads(text) if isinstance(text, str) else text
    return snapshot


def revision(event: Event, number: int) -> Snapshot:
    found: Snapshot = Revision.objects.get(event=event, number=number).snapshot
    return found


def owners(snapshot: Snapshot) -> set[int]:
    """The events that hold the snapshot's rows now: merges make rows wander."""
    found: set[int] = set()
    for name, model, owner in PARTS:
        ids = [row["id"] for row in snapshot[name]]
        rows = model._default_manager.filter(pk__in=ids, **{f"{owner}__isnull": False})
        found.update(rows.values_list(owner, flat=True))
    return found


def as_own(event: Event, snapshot: Snapshot) -> Snapshot:
    """The snapshot with new ids for rows that belong to another event by now: copies of them.

    Restoring an old content must not take from another event what a merge has brought there.
    """
    own = dict(snapshot)
    for name, model, owner in PARTS:
        ids = [row["id"] for row in snapshot[name]]
        gone = model._default_manager.filter(pk__in=ids).exclude(**{owner: event.pk})
        elsewhere = set(gone.values_list("pk", flat=True))
        own[name] = [
            _renumbered(model, row) if row["id"] in elsewhere else row for row in snapshot[name]
        ]
    return own


def _renumbered(model: type[models.Model], row: dict[str, Any]) -> dict[str, Any]:
    copy = {**row, "id": _next_id(model)}
    if model is Claim:
        copy["public_id"] = new_public_id()
        copy["citations"] = [{**c, "id": _next_id(Citation)} for c in row["citations"]]
    return copy


def _next_id(model: type[models.Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return int(cursor.fetchone()[0])


def write_snapshot(event: Event, snapshot: Snapshot, *, with_standing: bool = False) -> None:
    """Make the event stand as the snapshot says. For use inside an act.

    `with_standing` also brings back status, its reason and what it was merged into: undoing
    needs that, restoring an old wording of a published event must not hide it.
    """
    kept = IDENTITY if with_standing else IDENTITY | STANDING
    _write_row(event, {k: v for k, v in snapshot["event"].items() if k not in kept})
    claims = [dict(claim) for claim in snapshot["claims"]]
    citations = [{**row, "event_id": event.pk} for row in snapshot["citations"]]
    for claim in claims:
        citations += [{**row, "claim_id": claim["id"]} for row in claim.pop("citations")]
    rows: dict[str, list[dict[str, Any]]] = {**snapshot, "claims": claims}
    _clear_citations(event, citations)
    for name, model, owner in PARTS:
        if model is not Citation:
            mine = [{**row, owner: event.pk} for row in rows[name]]
            _delete(model, models.Q(**{owner: event.pk}) | models.Q(pk__in=[r["id"] for r in mine]))
            _insert(model, mine)
    _insert(Citation, citations)
    event.refresh_from_db()


def _clear_citations(event: Event, citations: list[dict[str, Any]]) -> None:
    _delete(
        Citation,
        models.Q(event=event)
        | models.Q(claim__event=event)
        | models.Q(pk__in=[row["id"] for row in citations]),
    )


def _delete(model: type[models.Model], condition: models.Q) -> None:
    """Delete without Django's cascade: claims come back in the same transaction."""
    ids = list(model._default_manager.filter(condition).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = ANY(%s)", [ids])


def _insert(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows as the database itself wrote them; columns newer than they get defaults."""
    complete = [{**_defaults(model), **row} for row in rows]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, %s)",
            [json.dumps(complete)],
        )


def _defaults(model: type[models.Model]) -> dict[str, Any]:
    return {
        field.column: field.get_default()
        for field in model._meta.concrete_fields
        if field.column
        and not field.null
        and not field.primary_key
        and isinstance(field.get_default(), str | int)
    }


def _write_row(event: Event, values: dict[str, Any]) -> None:
    columns = [f.column for f in Event._meta.concrete_fields if f.column in values]
    assignments = ", ".join(f'"{column}" = new."{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE events_event AS e SET {assignments}"
            " FROM jsonb_populate_record(NULL::events_event, %s) AS new WHERE e.id = %s",
            [json.dumps(values), event.pk],
        )
