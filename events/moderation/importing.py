"""A checked record → rows: all or nothing, once, and never over a moderator's change.

An import remembers, in the Decision it leaves, the fingerprint of what it read and the revision
it made. An event is written again only when its file has changed since and the event has not.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection

from events.models import (
    Decision,
    Event,
    EventDate,
    EventSlug,
    Participation,
    Relation,
    User,
)
from events.models.dates import read_edtf
from events.models.ids import public_id_for
from events.moderation import imported_names, imported_sources
from events.moderation.step import MACHINE, step
from events.record.documents import EventDocument
from events.record.reading import Fault, Record, RecordError

REASON = "Imported from the record files."
Report = Callable[[str], None]


@dataclass
class Outcome:
    """What an import did, as public slugs of events and counts of the rest."""

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    drafts: int = 0
    actors: int = 0
    publishers: int = 0
    feeds: int = 0
    sources: int = 0

    @property
    def changed_anything(self) -> bool:
        rows = self.actors + self.publishers + self.feeds + self.sources
        return bool(self.new or self.updated or rows)


def import_record(
    record: Record, *, by: User | None, now: datetime.datetime, report: Report = lambda line: None
) -> Outcome:
    """Write `record` in one step; `now` becomes the publication time of what is new here.

    Raises RecordError when an id of the files is the address of an event of other origin.
    """
    outcome = Outcome()
    with step(by=by, reason=REASON):
        wait_for_other_imports()
        plan = _plan(record, outcome)
        report("Writing actors, publishers, feeds and sources …")
        names = imported_names.write(record, now)
        outcome.actors, outcome.publishers, outcome.feeds = names.new_rows
        documents = [document for document, _ in plan]
        sources = imported_sources.write(record, documents, names)
        outcome.sources = sources.new_rows
        if plan:
            report(f"Writing {len(plan)} events with their sources, claims and relations …")
            _write_events(plan, now)
            events = _events_by_record_id(record)
            changed = [(events[document.id], document) for document, _ in plan]
            _write_parts(changed, events, names)
            imported_sources.cite(changed, sources, names)
            report("Checking the rules of the record …")
            _leave_decisions(changed, by)
    outcome.drafts = sum(document.status == "draft" for document, event in plan if event is None)
    return outcome


def fingerprint(document: EventDocument) -> str:
    """The same for the same content of a file, whatever fields later versions add."""
    return hashlib.sha256(document.model_dump_json(exclude_unset=True).encode()).hexdigest()


Plan = list[tuple[EventDocument, Event | None]]


def wait_for_other_imports() -> None:
    """Replicas that start together import one after the other; the later find nothing to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('import_record'))")


def _plan(record: Record, outcome: Outcome) -> Plan:
    """Which documents are to be written, with the event each one rewrites (None = a new one)."""
    stored = _events_by_record_id(record)
    remembered = {
        decision.event_id: decision.detail
        for decision in Decision.objects.filter(
            action=Decision.Action.IMPORT, event__in=stored.values()
        ).order_by("at", "id")
    }
    _refuse_taken_addresses(record, stored)
    plan: Plan = []
    for document in record.events:
        event = stored.get(document.id)
        if event is None:
            outcome.new.append(document.id)
            plan.append((document, None))
            continue
        detail = remembered.get(event.pk, {"fingerprint": "", "revision": 0})
        if detail["fingerprint"] == fingerprint(document):
            outcome.known.append(document.id)
        elif detail["revision"] != event.revision_number:
            outcome.kept.append(document.id)
        else:
            outcome.updated.append(document.id)
            plan.append((document, event))
    return plan


def _refuse_taken_addresses(record: Record, stored: dict[str, Event]) -> None:
    new = [document.id for document in record.events if document.id not in stored]
    taken = EventSlug.objects.filter(slug__in=new).select_related("event")
    faults = [
        Fault(record.files[slug.slug], slug.slug, "id", f"is the address of “{slug.event}” already")
        for slug in taken
    ]
    if faults:
        raise RecordError(faults)


FIELDS = (
    "title",
    "date",
    "summary",
    "category",
    "regions",
    "tags",
    "importance",
    "confidence",
)


def _write_events(plan: Plan, now: datetime.datetime) -> None:
    """Publish in the order in which things happened, a millisecond apart: feeds are ordered by
    publication, and no two of their items may claim the same moment."""
    new = []
    in_order = sorted(plan, key=lambda row: _beginning(row[0]))
    for number, (document, stored) in enumerate(in_order, start=1 - len(plan)):
        moment = now + datetime.timedelta(milliseconds=number)
        event = stored or Event(
            record_id=document.id,
            slug=document.id,
            public_id=public_id_for(document.id),
            recorded_at=now,
        )
        for name in FIELDS:
            setattr(event, name, getattr(document, name))
        if document.status == "published" and event.status == Event.Status.DRAFT:
            event.status = Event.Status.PUBLISHED
            event.first_published_at = event.first_published_at or moment
        if stored is None:
            new.append(event)
        else:
            event.save()
    Event.objects.bulk_create(new)


def _beginning(document: EventDocument) -> datetime.date:
    bounds = read_edtf(document.date)
    return bounds.earliest or bounds.latest or datetime.date.min


def _events_by_record_id(record: Record) -> dict[str, Event]:
    wanted = [document.id for document in record.events]
    return {
        event.record_id: event
        for event in Event.objects.filter(record_id__in=wanted)
        if event.record_id
    }


Changed = list[tuple[Event, EventDocument]]


def _write_parts(changed: Changed, events: dict[str, Event], names: imported_names.Names) -> None:
    """Dates, actors and relations, written anew for events that are written again."""
    rewritten = [event for event, _ in changed if event.revision_number]
    EventDate.objects.filter(event__in=rewritten).delete()
    Participation.objects.filter(event__in=rewritten).delete()
    Relation.objects.filter(from_event__in=rewritten).delete()
    EventDate.objects.bulk_create(
        EventDate(event=event, kind=row.kind, date=row.date, note=row.note)
        for event, document in changed
        for row in document.dates
    )
    Participation.objects.bulk_create(
        Participation(event=event, actor=names.actors[row.name], role=row.role, position=position)
        for event, document in changed
        for position, row in enumerate(document.actors)
    )
    Relation.objects.bulk_create(
        Relation(from_event=event, to_event=events[row.id], kind=row.kind, note=row.note)
        for event, document in changed
        for row in document.related
    )


def _leave_decisions(changed: Changed, by: User | None) -> None:
    """One Decision per event, with the revision that this import made of it."""
    with connection.cursor() as cursor:  # revisions are numbered when the constraints are checked
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    revisions = dict(
        Event.objects.filter(pk__in=[event.pk for event, _ in changed]).values_list(
            "pk", "revision_number"
        )
    )
    Decision.objects.bulk_create(
        Decision(
            action=Decision.Action.IMPORT,
            by=by,
            by_name=by.get_username() if by else MACHINE,
            reason=REASON,
            is_public=event.first_published_at is not None,
            event=event,
            detail={"fingerprint": fingerprint(document), "revision": revisions[event.pk]},
        )
        for event, document in changed
    )
