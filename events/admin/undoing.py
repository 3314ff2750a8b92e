"""After each step one line that says what was done, with a button that takes it back."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from events.admin.site import person
from events.models import Decision, Story
from events.models.ids import row_numbers
from events.moderation.step import ModerationError, step
from events.moderation.undo import undo, undoable


def say_done(request: HttpRequest, said: str | SafeString, decisions: Iterable[Decision]) -> None:
    """Say it, and offer to undo exactly these decisions. The page holds the form, `#undo`."""
    ids = [str(decision.pk) for decision in undoable(decisions, by=person(request))]
    if not ids:
        messages.success(request, said)
        return
    button = format_html(
        '<button type="submit" form="undo" class="desk-undo" name="decisions" value="{}"'
        ' data-key="u">Undo <kbd>u</kbd></button>',
        " ".join(ids),
    )
    messages.success(request, format_html("{} {}", said, button))


@require_POST
def undo_steps(request: HttpRequest) -> HttpResponse:
    """Take back what was done in one go, the newest first: all of it or nothing."""
    wanted = row_numbers(request.POST.get("decisions", "").split())
    decisions = list(
        Decision.objects.filter(pk__in=wanted).select_related("story", "event").order_by("-pk")
    )
    by = person(request)
    try:
        if not decisions:
            raise ModerationError("There is nothing to undo.")
        with step(by=by):
            for decision in decisions:
                undo(decision, by=by)
    except ModerationError as error:
        messages.error(request, str(error))
    else:
        many = f", {len(decisions)} steps" if len(decisions) > 1 else ""
        messages.success(request, f"Undone: {decisions[-1].get_action_display()}{many}.")
    return HttpResponseRedirect(_where(decisions))


def _where(decisions: list[Decision]) -> str:
    """To the story or the event that stands again as it did."""
    story_id = next((d.story_id for d in decisions if d.story_id), None)
    if story_id and Story.objects.filter(pk=story_id).exists():
        return f"{reverse('admin:index')}?story={story_id}"
    event_id = next((d.event_id for d in decisions if d.event_id), None)
    if event_id:
        return reverse("admin:events_event_change", args=[event_id])
    return reverse("admin:index")
