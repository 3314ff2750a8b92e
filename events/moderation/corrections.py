"""Say publicly what was wrong."""

from __future__ import annotations

from events.models import Correction, Decision, Event, User
from events.moderation.acts import act
from events.moderation.step import ModerationError


def correct_event(
    event: Event, *, by: User | None, reason: str, is_significant: bool = False
) -> Correction:
    """Add a dated public note; a significant one tells subscribers that the event changed."""
    text = reason.strip()
    if not text:
        raise ModerationError("Say what was wrong, and what is right.")
    with act(Decision.Action.CORRECT, by=by, reason=text, is_minor=not is_significant) as current:
        event = current.event(event)
        if event.status != Event.Status.PUBLISHED:
            raise ModerationError("Only what readers can see is corrected publicly.")
        current.detail["is_significant"] = is_significant
        return Correction.objects.create(
            event=event, text=text, is_significant=is_significant, by=by
        )
