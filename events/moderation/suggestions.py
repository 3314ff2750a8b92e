"""What readers send in, and what becomes of it. Nothing is ever deleted."""

from __future__ import annotations

from django.utils import timezone

from events.models import Decision, Event, Suggestion, User
from events.moderation.acts import act
from events.moderation.step import ModerationError


def receive_suggestion(
    *, kind: Suggestion.Kind | str, text: str, url: str = "", contact: str = "", event: Event | None
) -> Suggestion:
    """Keep a reader's suggestion; its token is the address of the answer."""
    return Suggestion.objects.create(kind=kind, text=text, url=url, contact=contact, event=event)


def answer_suggestion(
    suggestion: Suggestion, *, by: User | None, accepted: bool, reason: str
) -> Suggestion:
    """Accept or reject, with words for whoever sent it. An answer is given once."""
    if not reason.strip():
        raise ModerationError("Say why: whoever sent it in reads the answer.")
    action = Decision.Action.ACCEPT if accepted else Decision.Action.REJECT
    with act(action, by=by, reason=reason) as current:
        locked = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
        if locked.state != Suggestion.State.WAITING:
            raise ModerationError(f"This suggestion is {locked.get_state_display()} already.")
        locked.state = Suggestion.State.ACCEPTED if accepted else Suggestion.State.REJECTED
        locked.answer = reason.strip()
        locked.answered_at = timezone.now()
        locked.save()
        current.suggestion(locked)
    return locked
