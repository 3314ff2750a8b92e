"""Take a step back: everything a Decision touched stands again as it stood before it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from events.models import Decision, Event, May, Story, User
from events.models.event import CREATION_UNDONE
from events.moderation.acts import Act, act, require
from events.moderation.named import undo_named
from events.moderation.snapshots import Snapshot, read_snapshot, revision, write_snapshot
from events.moderation.step import ModerationError
from events.moderation.story_state import read_state, recount, write_state

# What these did stays done: a published correction is public, an answer has been read.
FINAL = frozenset({Decision.Action.IMPORT, Decision.Action.CORRECT, Decision.Action.ACCEPT})


def undoable(decisions: Iterable[Decision], *, by: User) -> list[Decision]:
    """Those that can be undone at all, and by this person.

    Who decides may undo every step; who drafts, an own one on events that readers never saw.
    """
    found = [decision for decision in decisions if _can_be_undone(decision)]
    if by.may(May.DECIDE):
        return found
    own = [d for d in found if d.by_id == by.pk and d.detail.get("events") and by.may(May.DRAFT)]
    touched = {int(pk) for decision in own for pk in decision.detail["events"]}
    public = set(Event.objects.once_public().filter(pk__in=touched).values_list("pk", flat=True))
    return [
        decision
        for decision in own
        if "named" not in decision.detail
        and public.isdisjoint(int(pk) for pk in decision.detail["events"])
    ]


def _can_be_undone(decision: Decision) -> bool:
    touched = any(decision.detail.get(name) for name in ("events", "stories", "named"))
    return touched and decision.action not in FINAL


def undo(decision: Decision, *, by: User | None, reason: str = "") -> Decision:
    """Undo one decision, itself a decision that can be undone. The newest goes first.

    Refused when something it touched was changed since: undo the later step first.
    """
    if not _can_be_undone(decision):
        raise ModerationError("This step cannot be undone: take a new one.")
    with act(Decision.Action.UNDO, by=by, reason=reason, may=May.DRAFT) as current:
        current.detail["undoes"] = decision.pk
        events = decision.detail.get("events", {})
        stories = decision.detail.get("stories", {})
        # Look at everything first: writing one story takes sources out of another.
        for pk, numbers in events.items():
            _require_unchanged(current.event(int(pk)), numbers)
        # Asked when the events are locked: nobody publishes one in between.
        if by is not None and not undoable([decision], by=by):
            require(by, May.DECIDE)
        for pk, states in stories.items():
            _require_story_unchanged(current.story(int(pk)), states)
        for pk, numbers in events.items():
            _undo_event(Event.objects.get(pk=pk), numbers)
        for pk, states in stories.items():
            _undo_story(current, int(pk), states)
        if "named" in decision.detail:
            undo_named(current, decision.detail["named"])
    assert current.decision
    return current.decision


def _require_unchanged(event: Event, numbers: dict[str, int]) -> None:
    """Told by content: undoing a later step makes a newer revision that says the same."""
    if _content(read_snapshot(event)) != _content(revision(event, numbers["after"])):
        raise ModerationError(f"“{event.title}” was changed since: undo the later step first.")


def _content(snapshot: Snapshot) -> Snapshot:
    """Without the time of first publication, which stays when a publication is undone."""
    return {**snapshot, "event": {**snapshot["event"], "first_published_at": None}}


def _require_story_unchanged(story: Story, states: dict[str, Any]) -> None:
    if read_state(story) != states["after"]:
        raise ModerationError(f"“{story.title}” was changed since: undo the later step first.")


def _undo_event(event: Event, numbers: dict[str, int | None]) -> None:
    before = numbers["before"]
    if before is None:
        # An event cannot be deleted, and its address may be known: it is set aside.
        event.status = Event.Status.RETRACTED
        event.status_reason = CREATION_UNDONE
        event.save()
    elif before != numbers["after"]:
        write_snapshot(event, revision(event, before), with_standing=True)


def _undo_story(current: Act, pk: int, states: dict[str, Any]) -> None:
    story = Story.objects.get(pk=pk)
    if states["before"] is not None:
        write_state(story, states["before"])
        return
    # A story that the step made, and whose sources went home in this loop: it leads there.
    home = next((other for other in current.stories if other != pk), None)
    story.state = Story.State.MERGED if home else Story.State.REJECTED
    story.merged_into_id = home
    story.reject_reason = "" if home else Story.RejectReason.OTHER
    recount(story)
