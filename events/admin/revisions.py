"""How an event came to stand as it does: its revisions and decisions, any two compared."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from events.admin.readable import Names, changed_words, label_of, text_of
from events.admin.rights import may_edit
from events.admin.site import person
from events.admin.undoing import say_done
from events.models import Decision, Event, Revision
from events.models.ids import row_number
from events.moderation import lifecycle
from events.moderation.step import ModerationError, noted
from events.moderation.three_way import differences
from events.moderation.undo import undo, undoable

SHOWN = 100


@require_GET
def show_revisions(request: HttpRequest, pk: int) -> HttpResponse:
    event = get_object_or_404(Event, pk=pk)
    found = list(Revision.objects.filter(event=event).defer("snapshot")[:SHOWN])
    numbers = {revision.number for revision in found}
    new = _number(request.GET.get("new"), numbers, event.revision_number)
    old = _number(request.GET.get("old"), numbers, max(new - 1, 1))
    decisions = list(event.decisions.all()[:SHOWN])
    context = {
        **admin.site.each_context(request),
        "title": f"Revisions of {event.title}",
        "event": event,
        "revisions": found,
        "old": old,
        "new": new,
        "changes": _changes(event, old, new),
        "decisions": decisions,
        "undoable": undoable(decisions, by=person(request)),
        "may_restore": may_edit(request, event),
    }
    return render(request, "admin/revisions.html", context)


def _number(text: str | None, known: set[int], otherwise: int) -> int:
    number = row_number(text or "")
    return number if number in known else otherwise


def _changes(event: Event, old: int, new: int) -> list[dict[str, Any]]:
    wanted = Revision.objects.filter(event=event, number__in=(old, new))
    snapshots = {revision.number: revision.snapshot for revision in wanted}
    if len(snapshots) < 2:
        return []
    found = differences(snapshots[old], snapshots[old], snapshots[new])
    names = Names.of(found)
    return [
        {
            "label": label_of(d),
            "words": changed_words(
                text_of(d.part, d.theirs, names), text_of(d.part, d.mine, names)
            ),
        }
        for d in found
    ]


@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    event = get_object_or_404(Event, pk=pk)
    number = row_number(request.POST.get("number", ""))
    back = HttpResponseRedirect(reverse("admin:event_revisions", args=[pk]))
    try:
        if number is None or not event.revisions.filter(number=number).exists():
            raise ModerationError("There is no such revision.")
        with noted() as decisions:
            lifecycle.restore_revision(
                event,
                number,
                by=person(request),
                reason=request.POST.get("reason", "") or f"Restored revision {number}",
            )
    except ModerationError as error:
        messages.error(request, str(error))
        return back
    say_done(request, f"Revision {number} is restored, as a new revision.", decisions)
    return back


@require_POST
def undo_decision(request: HttpRequest, pk: int) -> HttpResponse:
    decision = get_object_or_404(Decision, pk=pk)
    try:
        undo(decision, by=person(request), reason=request.POST.get("reason", ""))
    except ModerationError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Undone: {decision}.")
    if decision.event_id:
        return HttpResponseRedirect(reverse("admin:event_revisions", args=[decision.event_id]))
    return HttpResponseRedirect(f"{reverse('admin:index')}?story={decision.story_id}")
