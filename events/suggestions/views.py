"""The form and the page that says what became of it. Both work without JavaScript."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from events.models import Event, Suggestion
from events.moderation.suggestions import receive_suggestion
from events.suggestions import guard
from events.suggestions.forms import KINDS, STATES, SuggestionForm


@csrf_exempt  # Readers have no session to ride on; so they need no cookie, and lose no words.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _receive(request)
    public_id = request.GET.get("event", "").replace("\x00", "")
    event = Event.objects.published().filter(public_id=public_id).first()
    kinds = Suggestion.Kind.values
    kind = request.GET.get("kind", Suggestion.Kind.CORRECTION if event else Suggestion.Kind.EVENT)
    form = SuggestionForm(
        initial={
            "kind": kind if kind in kinds else Suggestion.Kind.EVENT,
            "event": event.public_id if event else "",
            "stamp": guard.new_stamp(),
        }
    )
    return render(request, "suggestions/suggest.html", {"form": form, "event": event})


def _receive(request: HttpRequest) -> HttpResponse:
    form = SuggestionForm(request.POST)
    if form.is_valid():
        if form.cleaned_data["website"]:
            # A robot filled in what nobody sees. It is told what a person would be told.
            return render(request, "suggestions/thanks.html")
        if guard.may_write(request.META.get("REMOTE_ADDR", "")):
            given = form.cleaned_data
            suggestion = receive_suggestion(
                kind=given["kind"],
                text=given["text"],
                url=given["url"],
                contact=given["contact"],
                event=given["event"],
            )
            return HttpResponseRedirect(reverse("suggestions:status", args=[suggestion.token]))
        form.add_error(None, _("You have sent us several already. Please come back in an hour."))
    # A new stamp, so that whoever was too quick, or too slow, can simply send again.
    data = request.POST.copy()
    data["stamp"] = guard.new_stamp()
    form.data = data
    event = form.cleaned_data.get("event") if form.is_bound else None
    return render(request, "suggestions/suggest.html", {"form": form, "event": event}, status=422)


@never_cache
@require_GET
def status(request: HttpRequest, token: str) -> HttpResponse:
    """Private to whoever has the address: search engines are told to stay away."""
    suggestion = get_object_or_404(Suggestion.objects.select_related("event"), token=token)
    kind = Suggestion.Kind(suggestion.kind)
    context = {
        "suggestion": suggestion,
        "heading": STATES[Suggestion.State(suggestion.state)],
        "kind": dict(KINDS)[kind],
    }
    response = render(request, "suggestions/status.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
