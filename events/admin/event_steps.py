"""Steps on an event that need a page of their own: merge, un-merge, correct."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from events.admin.named import EventField
from events.admin.site import person
from events.admin.undoing import say_done
from events.models import Event
from events.moderation import merging
from events.moderation.corrections import correct_event
from events.moderation.step import ModerationError, noted


class MergeForm(forms.Form):
    into = EventField(help_text="Id or address of the event that stays.")
    reason = forms.CharField(max_length=500, help_text="Public: both addresses lead there.")


class UnmergeForm(forms.Form):
    reason = forms.CharField(max_length=500, help_text="Public: why they are two events.")


class CorrectionForm(forms.Form):
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Public and dated: what was wrong, and what is right.",
    )
    is_significant = forms.BooleanField(
        required=False,
        label="Significant",
        help_text="It changes what the event says: subscribers are told.",
    )


def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge this event into another, or take its merge back."""
    event = get_object_or_404(Event, pk=pk)
    by = person(request)
    if event.status == Event.Status.MERGED:
        return _page(
            request,
            event,
            UnmergeForm(request.POST or None),
            lambda given: merging.unmerge_event(event, by=by, reason=given["reason"]),
            ("Un-merge", "is un-merged"),
        )
    return _page(
        request,
        event,
        MergeForm(request.POST or None),
        lambda given: merging.merge_events(event, given["into"], by=by, reason=given["reason"]),
        ("Merge into another event", "is merged"),
    )


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    event = get_object_or_404(Event, pk=pk)

    def write(given: dict[str, Any]) -> None:
        correct_event(
            event,
            by=person(request),
            reason=given["text"],
            is_significant=given["is_significant"],
        )

    form = CorrectionForm(request.POST or None)
    return _page(request, event, form, write, ("Correct publicly", "is corrected"))


def _page(
    request: HttpRequest,
    event: Event,
    form: forms.Form,
    take: Callable[[dict[str, Any]], object],
    words: tuple[str, str],
) -> HttpResponse:
    """The form of a step, or the event after it; `words` name the step and say it is done."""
    title, done = words
    address = reverse("admin:events_event_change", args=[event.pk])
    if request.method == "POST" and form.is_valid():
        try:
            with noted() as decisions:
                take(form.cleaned_data)
        except ModerationError as error:
            form.add_error(None, str(error))
        else:
            say_done(request, f"“{event}” {done}.", decisions)
            return HttpResponseRedirect(address)
    context = {
        **admin.site.each_context(request),
        "title": title,
        "event": event,
        "form": form,
        "back": address,
    }
    return render(request, "admin/step.html", context)
