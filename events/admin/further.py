"""The buttons beside "Save" on an event: publish, retract, restore, discard."""

from __future__ import annotations

from collections.abc import Callable, Iterable

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


def take_further(request: HttpRequest, event: Event, names: Iterable[str], *, reason: str) -> str:
    """Take the step of each button that was pressed, in the transaction that is open.

    Returns what to say of it; "" when it was a plain save.
    """
    said = ""
    for name in FURTHER.keys() & set(names):
        do, done = FURTHER[name]
        do(event, by=person(request), reason=reason)
        said = f"“{event.title}” {done}."
    return said
