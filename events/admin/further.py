"""The buttons beside "Save" on an event: publish, retract, restore, discard."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.contrib import messages
from django.http import HttpRequest

from events.admin.site import person
from events.models import Event
from events.moderation import lifecycle

FURTHER: dict[str, tuple[Callable[..., Event], str]] = {
    "_publish": (lifecycle.publish_event, "is published"),
    "_retract": (lifecycle.retract_event, "is retracted"),
    "_restore": (lifecycle.restore_event, "is restored"),
    "_discard": (lifecycle.discard_draft, "is discarded"),
}


def take_further(request: HttpRequest, event: Event, names: Iterable[str], *, reason: str) -> None:
    """Take the step of each button that was pressed, in the transaction that is open."""
    for name in FURTHER.keys() & set(names):
        do, done = FURTHER[name]
        do(event, by=person(request), reason=reason)
        messages.success(request, f"“{event.title}” {done}.")
