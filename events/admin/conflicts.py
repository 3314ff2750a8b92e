"""Two people changed one event: the later one sees both and chooses. Nothing is overwritten.

What the later one wanted is worked out by saving the form against the event as it stood when
the form was opened, and rolling that back. So inlines, claims and every kind of field are
compared alike, as snapshots.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.messages.storage import default_storage
from django.core import signing
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from events.admin.further import FURTHER, take_further
from events.admin.readable import Names, label_of, text_of
from events.admin.site import person
from events.admin.undoing import say_done
from events.models import Event, Revision
from events.moderation import lifecycle
from events.moderation.acts import Conflict
from events.moderation.snapshots import Snapshot, as_own, read_snapshot, revision, write_snapshot
from events.moderation.step import ModerationError, noted, step
from events.moderation.three_way import MINE, THEIRS, combine, differences

SALT = "events.admin.conflicts"


class _RolledBackError(Exception):
    """Ends the rehearsal."""


def rehearse(
    request: HttpRequest, event: Event, base: int, save: Callable[[], HttpResponse]
) -> tuple[HttpResponse, Snapshot | None]:
    """What `save` would have made of the event as it stood at revision `base`.

    The snapshot is None when the form has errors of its own; then the response shows them.
    """
    kept = request._messages  # type: ignore[attr-defined]
    request._messages = default_storage(request)  # type: ignore[attr-defined]
    response, mine = HttpResponse(), None
    try:
        with step(by=person(request)):
            write_snapshot(event, as_own(event, revision(event, base)))
            response = save()
            if isinstance(response, HttpResponseRedirect):
                mine = read_snapshot(event)
            raise _RolledBackError
    except _RolledBackError:
        pass
    finally:
        request._messages = kept  # type: ignore[attr-defined]
    return response, mine


def show_conflict(request: HttpRequest, event: Event, base: int, mine: Snapshot) -> HttpResponse:
    """The page with both values, from a form that came too late."""
    state = {
        "event": event.pk,
        "base": base,
        "mine": mine,
        "why": request.POST.get("why", ""),
        "is_minor": "is_minor" in request.POST,
        "further": sorted(FURTHER.keys() & request.POST.keys()),
    }
    return _show(request, event, state)


def _show(request: HttpRequest, event: Event, state: dict[str, Any]) -> HttpResponse:
    event.refresh_from_db()
    base, mine = revision(event, state["base"]), state["mine"]
    found = differences(base, read_snapshot(event), mine)
    names = Names.of(found)
    since = Revision.objects.filter(event=event, number__gt=state["base"]).order_by("number")
    context = {
        **admin.site.each_context(request),
        "title": "Somebody else changed this event",
        "event": event,
        "since": since,
        "rows": [
            {
                "name": d.name,
                "label": label_of(d),
                "base": text_of(d.part, d.base, names),
                "theirs": text_of(d.part, d.theirs, names),
                "mine": text_of(d.part, d.mine, names),
                "is_clash": d.is_clash,
                "is_mine": d.changed_by == MINE,
            }
            for d in found
        ],
        "state": signing.dumps(
            {**state, "theirs": event.revision_number}, salt=SALT, compress=True
        ),
    }
    return render(request, "admin/conflict.html", context, status=409)


@require_POST
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what was chosen; when the event has changed once more, ask once more."""
    event = get_object_or_404(Event, pk=pk)
    try:
        state = signing.loads(request.POST.get("state", ""), salt=SALT)
    except signing.BadSignature as error:
        raise SuspiciousOperation("This choice was not offered here.") from error
    if state["event"] != event.pk:
        raise SuspiciousOperation("This choice belongs to another event.")
    by = person(request)
    choices = {name: value for name, value in request.POST.items() if value in (MINE, THEIRS)}
    try:
        with noted() as decisions, step(by=by, reason=state["why"]):
            with lifecycle.editing(
                event,
                by=by,
                reason=state["why"],
                expected=state["theirs"],
                is_minor=state["is_minor"],
            ) as (locked, _):
                theirs, base = read_snapshot(locked), revision(locked, state["base"])
                chosen = combine(base, theirs, state["mine"], choices)
                write_snapshot(locked, as_own(locked, chosen))
            take_further(request, event, state["further"], reason=state["why"])
    except Conflict:
        return _show(request, event, state)
    except ModerationError as error:
        messages.error(request, str(error))
        return _show(request, event, state)
    say_done(request, f"Saved “{event.title}” as you chose.", decisions)
    return HttpResponseRedirect(reverse("admin:events_event_change", args=[event.pk]))
