"""What is not published yet exactly as readers will see it, for those at the desk only.

It stands here because it joins both sides: the desk knows nobody of the timeline.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages.storage import default_storage
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.response import SimpleTemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from events.admin import two_factor
from events.admin.draft_form import DraftForm
from events.admin.queue_page import show_queue
from events.admin.site import person
from events.drafting.propose import propose_event
from events.models import Event, Source, Story
from events.moderation.lifecycle import write_draft
from timeline.dossier import dossier_of
from timeline.markdown import rendered


def _at_the_desk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not admin.site.has_permission(request):
            return redirect_to_login(request.get_full_path())
        if two_factor.missing(request):
            return HttpResponseRedirect(two_factor.address(request))
        return view(request, *args, **kwargs)

    return never_cache(wrapped)


@_at_the_desk
def preview_event(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(Event, pk=pk))


@require_POST
@_at_the_desk
def preview_story(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as it stands in the form: written, shown, and taken back."""
    story = get_object_or_404(Story, pk=pk)
    sources = list(Source.objects.filter(membership__story=story))
    form = DraftForm(request.POST, proposal=propose_event(story), sources=sources)
    if not form.is_valid():
        return show_queue(request, story=story, form=form)
    with transaction.atomic():
        event = write_draft(form.draft(), by=person(request))
        event.refresh_from_db()
        response = _page(request, event)
        transaction.set_rollback(True)
    return response


@require_POST
@_at_the_desk
def preview_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """An event as the form would leave it: saved, shown, and taken back."""
    kept = request._messages  # type: ignore[attr-defined]
    request._messages = default_storage(request)  # type: ignore[attr-defined]
    with transaction.atomic():
        response = admin.site.get_model_admin(Event).changeform_view(request, str(pk))
        if isinstance(response, HttpResponseRedirect):
            response = _page(request, get_object_or_404(Event, pk=pk))
        elif isinstance(response, SimpleTemplateResponse):
            response.render()
        transaction.set_rollback(True)
    request._messages = kept  # type: ignore[attr-defined]
    return response


def _page(request: HttpRequest, event: Event) -> HttpResponse:
    return render(request, "timeline/event_detail.html", {"dossier": dossier_of(event)})


@require_POST
@_at_the_desk
def preview_summary(request: HttpRequest) -> JsonResponse:
    """Markdown as the timeline renders it, sanitized like there."""
    return JsonResponse({"html": rendered(request.POST.get("text", "")[:20_000])})
