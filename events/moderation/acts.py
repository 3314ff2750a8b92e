"""One act of moderation: a step that knows what it touches and can therefore be undone.

An act locks the events and stories it touches and notes how they stood before and after. That
goes into the Decision's detail; the revisions of the events themselves are the database's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection

from events.models import Decision, Event, May, Source, Story, Suggestion, User
from events.moderation.step import ModerationError, decide, step
from events.moderation.story_state import read_state


class Conflict(ModerationError):
    """Somebody else changed the event since the person who now saves it had opened it."""

    def __init__(self, event: Event, expected: int) -> None:
        super().__init__(f"“{event.title}” was changed by somebody else in the meantime.")
        self.event, self.expected = event, expected


def require(by: User | None, what: May) -> None:
    """Refuse a person who may not do this. None is the program itself and may do everything."""
    if by is not None and not by.may(what):
        raise PermissionDenied(f"{by.get_username()} may not {what} here.")


@dataclass
class Act:
    """Collects what one act touches. `events` maps to revision numbers before (None: new)."""

    events: dict[int, int | None] = field(default_factory=dict)
    stories: dict[int, dict[str, Any] | None] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)
    is_public: bool = False  # also without a public event: something readers see by name
    decision: Decision | None = None

    def event(self, event: Event | int, *, expected: int | None = None) -> Event:
        """Lock an event for this act; raise Conflict when it is not at revision `expected`."""
        pk = event if isinstance(event, int) else event.pk
        locked = Event.objects.select_for_update().get(pk=pk)
        if expected is not None and locked.revision_number != expected:
            raise Conflict(locked, expected)
        self.events.setdefault(pk, locked.revision_number)
        self.about.setdefault("event", locked)
        return locked

    def new_event(self, event: Event) -> None:
        self.events[event.pk] = None
        self.about.setdefault("event", event)

    def story(self, story: Story | int) -> Story:
        """Lock a story for this act."""
        pk = story if isinstance(story, int) else story.pk
        locked = Story.objects.select_for_update().get(pk=pk)
        self.stories.setdefault(pk, read_state(locked))
        self.about.setdefault("story", locked)
        return locked

    def new_story(self, story: Story) -> None:
        self.stories[story.pk] = None

    def source(self, source: Source) -> None:
        self.about.setdefault("source", source)

    def suggestion(self, suggestion: Suggestion) -> None:
        self.about.setdefault("suggestion", suggestion)


@contextmanager
def act(
    action: Decision.Action,
    *,
    by: User | None,
    reason: str = "",
    may: May = May.DECIDE,
    is_minor: bool = False,
) -> Iterator[Act]:
    """Run the block as one step by a person who `may`; leave one Decision about it."""
    require(by, may)
    with step(by=by, reason=reason, is_minor=is_minor):
        current = Act()
        yield current
        speak_up()
        detail = {**current.detail, **_before_and_after(current)}
        if action == Decision.Action.EDIT and not _has_changed(detail):
            return  # nothing was edited, so nothing was decided
        current.decision = decide(
            action,
            by=by,
            reason=reason,
            is_public=current.is_public or _is_public(current),
            detail=detail,
            **current.about,
        )


def speak_up() -> None:
    """Let the deferred triggers run now: revisions get their numbers, refusals surface."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _is_public(current: Act) -> bool:
    return Event.objects.once_public().filter(pk__in=current.events).exists()


def _has_changed(detail: dict[str, Any]) -> bool:
    if "named" in detail:
        return True
    states = [*detail["events"].values(), *detail["stories"].values()]
    return any(state["before"] != state["after"] for state in states)


def _before_and_after(current: Act) -> dict[str, Any]:
    numbers = dict(Event.objects.filter(pk__in=current.events).values_list("pk", "revision_number"))
    stories = Story.objects.in_bulk(list(current.stories))
    return {
        "events": {
            str(pk): {"before": before, "after": numbers[pk]}
            for pk, before in current.events.items()
        },
        "stories": {
            str(pk): {"before": before, "after": read_state(stories[pk])}
            for pk, before in current.stories.items()
        },
    }
