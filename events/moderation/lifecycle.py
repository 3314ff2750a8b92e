"""The life of an event: drafted, published, edited, retracted, restored, corrected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from events.models import (
    Citation,
    Decision,
    Event,
    EventSlug,
    May,
    Participation,
    Relation,
    Source,
    User,
)
from events.moderation.acts import Act, act, require
from events.moderation.snapshots import as_own, revision, write_snapshot
from events.moderation.step import ModerationError

SLUG_LENGTH = 100


@dataclass(frozen=True)
class Draft:
    """What a person confirmed of a proposed event."""

    title: str
    date: str
    category: str
    summary: str = ""
    importance: int = Event.Importance.MINOR
    regions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    actor_ids: tuple[int, ...] = ()
    citations: tuple[tuple[int, str], ...] = ()  # source id, Citation.Role
    relations: tuple[tuple[int, str, str], ...] = ()  # event id, Relation.Kind, note


def free_slug(title: str) -> str:
    """A slug that no event has or ever had."""
    stem = slugify(title)[:SLUG_LENGTH].strip("-") or "event"
    slug, number = stem, 1
    while EventSlug.objects.filter(slug=slug).exists() or Event.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{stem}-{number}"
    return slug


def write_draft(draft: Draft, *, by: User | None) -> Event:
    """Create the event and what hangs on it. For use inside an act."""
    event = Event.objects.create(
        slug=free_slug(draft.title),
        title=draft.title.strip(),
        date=draft.date,
        summary=draft.summary,
        category=draft.category,
        importance=draft.importance,
        regions=list(draft.regions),
        tags=list(draft.tags),
        created_by=by,
    )
    Participation.objects.bulk_create(
        Participation(event=event, actor_id=actor_id, position=position)
        for position, actor_id in enumerate(dict.fromkeys(draft.actor_ids))
    )
    Relation.objects.bulk_create(
        Relation(from_event=event, to_event_id=event_id, kind=kind, note=note[:300])
        for event_id, kind, note in draft.relations
    )
    cite(event, draft.citations)
    return event


def cite(event: Event, citations: tuple[tuple[int, str], ...]) -> int:
    """Add citations that the event has not got yet; return how many were new."""
    known = set(event.citations.values_list("source_id", flat=True))
    last = event.citations.aggregate(last=Max("position"))["last"]
    new = [(source_id, role) for source_id, role in citations if source_id not in known]
    Citation.objects.bulk_create(
        Citation(event=event, source_id=source_id, role=role, position=position)
        for position, (source_id, role) in enumerate(new, start=0 if last is None else last + 1)
    )
    return len(new)


def create_event(draft: Draft, *, by: User | None, reason: str = "") -> Event:
    """Draft an event that no story told of: from one source, or from nothing yet."""
    with act(Decision.Action.DRAFT, by=by, reason=reason, may=May.DRAFT) as current:
        event = write_draft(draft, by=by)
        current.new_event(event)
    return _fresh(event)


def publish_event(event: Event, *, by: User | None, reason: str = "") -> Event:
    """Show a draft to readers; the database refuses one without a citation."""
    with act(Decision.Action.PUBLISH, by=by, reason=reason) as current:
        event = current.event(event)
        _require_status(event, Event.Status.DRAFT, "published")
        event.status = Event.Status.PUBLISHED
        event.status_reason = ""
        event.first_published_at = event.first_published_at or timezone.now()
        event.save()
    return _fresh(event)


@contextmanager
def editing(
    event: Event,
    *,
    by: User | None,
    reason: str = "",
    expected: int | None = None,
    is_minor: bool = False,
    action: Decision.Action = Decision.Action.EDIT,
) -> Iterator[tuple[Event, Act]]:
    """Change an event and what belongs to it within the block, as one act.

    Contributors may edit what was never public. `expected` is the revision the editor saw;
    another one raises Conflict, and nothing is written.
    """
    with act(action, by=by, reason=reason, may=May.DRAFT, is_minor=is_minor) as current:
        event = current.event(event, expected=expected)
        require(by, right_to_edit(event))
        yield event, current


def right_to_edit(event: Event) -> May:
    """Whoever drafts may change what readers never saw; the rest is for those who decide."""
    is_draft = event.status == Event.Status.DRAFT and event.first_published_at is None
    return May.DRAFT if is_draft else May.DECIDE


def amend(
    event: Event,
    *,
    by: User | None,
    reason: str = "",
    expected: int | None = None,
    is_minor: bool = False,
    **fields: Any,
) -> Event:
    """Change an event's own fields."""
    with editing(event, by=by, reason=reason, expected=expected, is_minor=is_minor) as (event, _):
        for name, value in fields.items():
            setattr(event, name, value)
        event.save()
    return _fresh(event)


def amend_many(
    seen: dict[int, int], *, by: User | None, reason: str = "", **fields: Any
) -> list[Event]:
    """Change several events alike, all or none; `seen` maps each to the revision it was seen at."""
    with act(Decision.Action.EDIT, by=by, reason=reason) as current:
        events = [current.event(pk, expected=seen[pk]) for pk in sorted(seen)]
        for event in events:
            for name, value in fields.items():
                setattr(event, name, value)
            event.save()
    return [_fresh(event) for event in events]


def retract_event(event: Event, *, by: User | None, reason: str) -> Event:
    """Take an event back, publicly and with a reason; its address answers 410 from now on."""
    with act(Decision.Action.RETRACT, by=by, reason=reason) as current:
        event = current.event(event)
        _require_status(event, Event.Status.PUBLISHED, "retracted")
        event.status = Event.Status.RETRACTED
        event.status_reason = reason.strip()
        event.save()
    return _fresh(event)


def discard_draft(event: Event, *, by: User | None, reason: str) -> Event:
    """Put a draft that readers never saw aside. Its row stays, nobody outside sees it."""
    with act(Decision.Action.DISCARD, by=by, reason=reason, may=May.DRAFT) as current:
        event = current.event(event)
        _require_status(event, Event.Status.DRAFT, "discarded")
        event.status = Event.Status.RETRACTED
        event.status_reason = reason.strip()
        event.save()
    return _fresh(event)


def restore_event(event: Event, *, by: User | None, reason: str = "") -> Event:
    """Bring a retracted event back to readers, or a discarded draft back to the drafts."""
    with act(Decision.Action.RESTORE, by=by, reason=reason) as current:
        event = current.event(event)
        _require_status(event, Event.Status.RETRACTED, "restored")
        was_public = event.first_published_at is not None
        event.status = Event.Status.PUBLISHED if was_public else Event.Status.DRAFT
        event.status_reason = ""
        event.save()
    return _fresh(event)


def add_citation(
    event: Event, source: Source, role: str, *, by: User | None, reason: str = ""
) -> Event:
    """Cite one more stored source; the same source may back several events."""
    with editing(event, by=by, reason=reason, action=Decision.Action.ATTACH) as (event, current):
        current.source(source)
        if not cite(event, ((source.pk, role),)):
            raise ModerationError("The event cites this source already.")
    return _fresh(event)


def _require_status(event: Event, status: Event.Status, done: str) -> None:
    if event.status != status:
        raise ModerationError(
            f"“{event.title}” is {event.get_status_display().lower()} and cannot be {done}."
        )


def _fresh(event: Event) -> Event:
    """The event with what the database wrote into it."""
    event.refresh_from_db()
    return event


def restore_revision(
    event: Event, number: int, *, by: User | None, reason: str = "", expected: int | None = None
) -> Event:
    """Give the event an earlier content back; whether readers see it does not change."""
    with editing(event, by=by, reason=reason, expected=expected) as (event, current):
        current.detail["restored"] = number
        write_snapshot(event, as_own(event, revision(event, number)))
    return _fresh(event)
