"""One moderation step = one transaction that says who and why and leaves a Decision.

Revisions and the edition are kept by the database (migration 0002); this module hands it the
names, makes its deferred checks speak while the caller can still answer, and turns what they
refuse into ModerationError.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DatabaseError, IntegrityError, connection, transaction

from events.models import Decision, User

MACHINE = "timeline"
VARIABLES = ("record.by_id", "record.by_name", "record.reason", "record.minor")

# What a person reads when a rule of the database refuses a step.
REFUSALS = {
    "event_published_has_citation": "A published event needs at least one source.",
    "event_retracted_has_reason": "Say publicly why the event is retracted.",
    "event_slug_never_reused": "That address belonged to another event before: choose another.",
    "claim_doubt_has_reason": "Say why the claim is disputed or refuted.",
    "story_rejected_has_reason": "Choose why the story is rejected.",
    "citation_once_per_event": "The event cites this source already.",
    "source_once_per_address": "Somebody has just added this source.",
    "source_without_address_once": "Somebody has just added this source.",
}


_noted: ContextVar[list[Decision] | None] = ContextVar("noted", default=None)


class ModerationError(Exception):
    """A step that cannot be taken; the message is for the person who tried it."""


@contextmanager
def step(*, by: User | None, reason: str = "", is_minor: bool = False) -> Iterator[None]:
    """Run the block in one transaction attributed to `by` (None = the machine).

    All deferred constraints are checked before the block is left, so that revisions exist and
    refusals surface here. `is_minor` leaves the events' `last_changed_at` alone.
    """
    try:
        with transaction.atomic():
            before = attribute(by=by, reason=reason, is_minor=is_minor)
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            _set_attribution(before)
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if constraint in REFUSALS:
            raise ModerationError(REFUSALS[constraint]) from error
        raise


def attribute(*, by: User | None, reason: str = "", is_minor: bool = False) -> list[str]:
    """Tell the database, until the transaction ends, who changes the record and why.

    Returns what it was told before, so that a step within a step gives back the outer one.
    """
    if not connection.in_atomic_block:
        raise DatabaseError("attribute() holds for a transaction only, and none is open")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, current_setting(name, true) FROM unnest(%s::text[]) AS name",
            [list(VARIABLES)],
        )
        known = dict(cursor.fetchall())
    before = [known[name] or "" for name in VARIABLES]
    name = by.get_username() if by else MACHINE
    reason = _storable(reason)
    _set_attribution([str(by.pk) if by else "", name, reason, "on" if is_minor else ""])
    return before


def _storable(reason: str) -> str:
    """PostgreSQL has no NUL in texts; a person has none in mind."""
    return reason.replace("\x00", "")


def _set_attribution(values: list[str]) -> None:
    with connection.cursor() as cursor:
        for name, value in zip(VARIABLES, values, strict=True):
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


@contextmanager
def noted() -> Iterator[list[Decision]]:
    """The decisions that are taken within the block, oldest first: what "Undo" takes back."""
    found: list[Decision] = []
    token = _noted.set(found)
    try:
        yield found
    finally:
        _noted.reset(token)


def decide(action: Decision.Action, *, by: User | None, reason: str = "", **about: Any) -> Decision:
    """Append a Decision; `about` takes event, story, source, suggestion, detail, is_public."""
    decision = Decision.objects.create(
        action=action,
        by=by,
        by_name=by.get_username() if by else MACHINE,
        reason=_storable(reason),
        **about,
    )
    found = _noted.get()
    if found is not None:
        found.append(decision)
    return decision
