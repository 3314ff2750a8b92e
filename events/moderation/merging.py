"""Two events that tell of the same happening become one, and can become two again."""

from __future__ import annotations

from events.models import Claim, Decision, Event, EventDate, Relation, User
from events.moderation.acts import Act, act
from events.moderation.snapshots import owners, revision, write_snapshot
from events.moderation.step import ModerationError

ALIVE = (Event.Status.DRAFT, Event.Status.PUBLISHED)


def merge_events(event: Event, into: Event, *, by: User | None, reason: str = "") -> Event:
    """Move what `event` has and `into` has not; its address leads to `into` from now on."""
    if event.pk == into.pk:
        raise ModerationError("An event cannot be merged into itself.")
    with act(Decision.Action.MERGE, by=by, reason=reason) as current:
        # Locked in one order everywhere, so that two merges cannot wait for each other.
        locked = {e.pk: current.event(e) for e in sorted((event, into), key=lambda e: e.pk)}
        event, into = locked[event.pk], locked[into.pk]
        current.about["event"] = event
        _require_mergeable(event, into)
        _move_parts(event, into)
        _turn_relations(current, event, into)
        current.detail["into"] = into.pk
        event.status = Event.Status.MERGED
        event.merged_into = into
        event.status_reason = reason.strip()
        event.save()
    into.refresh_from_db()
    return into


def _require_mergeable(event: Event, into: Event) -> None:
    for one in (event, into):
        if one.status not in ALIVE:
            raise ModerationError(f"“{one.title}” is {one.get_status_display().lower()}.")
    if event.status == Event.Status.PUBLISHED and into.status == Event.Status.DRAFT:
        raise ModerationError("Readers know the first event: merge the draft into it instead.")
    if into.merged_into_id == event.pk:
        raise ModerationError("The other event was merged into this one.")


def _move_parts(event: Event, into: Event) -> None:
    """What the other has already stays where it is: un-merging finds it there."""
    event.citations.exclude(source__in=into.citations.values("source")).update(event=into)
    event.participations.exclude(actor__in=into.participations.values("actor")).update(event=into)
    Claim.objects.filter(event=event).update(event=into)
    known = set(into.dates.values_list("kind", "date"))
    for date in event.dates.all():
        if (date.kind, date.date) not in known:
            EventDate.objects.filter(pk=date.pk).update(event=into)


def _turn_relations(current: Act, event: Event, into: Event) -> None:
    known_out = set(into.relations_out.values_list("to_event_id", "kind"))
    for relation in event.relations_out.exclude(to_event=into):
        if (relation.to_event_id, relation.kind) not in known_out:
            Relation.objects.filter(pk=relation.pk).update(from_event=into)
    known_in = set(into.relations_in.values_list("from_event_id", "kind"))
    for relation in event.relations_in.exclude(from_event=into):
        if (relation.from_event_id, relation.kind) not in known_in:
            current.event(relation.from_event_id)
            Relation.objects.filter(pk=relation.pk).update(to_event=into)


def unmerge_event(event: Event, *, by: User | None, reason: str = "") -> Event:
    """Make a merged event stand again exactly as before; the other loses what came by the merge.

    Nothing else of what was changed since is touched, on either side.
    """
    with act(Decision.Action.UNMERGE, by=by, reason=reason) as current:
        event = current.event(event)
        merge = event.decisions.filter(action=Decision.Action.MERGE).order_by("-pk").first()
        if event.status != Event.Status.MERGED or merge is None:
            raise ModerationError(f"“{event.title}” is not merged into another event.")
        touched = merge.detail["events"]
        before = revision(event, touched[str(event.pk)]["before"])
        others = set(map(int, touched)) | owners(before)
        for pk in sorted(others - {event.pk}):
            current.event(pk)
        # The snapshot names every row by id, so rows come home wherever they are now.
        write_snapshot(event, before, with_standing=True)
        for pk in set(map(int, touched)) - {event.pk, merge.detail["into"]}:
            _turn_back(pk, event, touched[str(pk)])
    event.refresh_from_db()
    return event


def _turn_back(pk: int, event: Event, numbers: dict[str, int]) -> None:
    """Relations of a third event that led here, and that the merge turned, lead here again."""
    other = Event.objects.get(pk=pk)
    led_here = [
        row["id"]
        for row in revision(other, numbers["before"])["relations"]
        if row["to_event_id"] == event.pk
    ]
    Relation.objects.filter(pk__in=led_here, from_event=other).update(to_event=event)
