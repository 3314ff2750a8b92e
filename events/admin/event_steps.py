"""Steps on an event that need a page of their own: merge, un-merge, correct."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html

from events.admin.named import EventField
from events.admin.site import person
from events.models import Event
from events.moderation import merging
from events.moderation.corrections import correct_event
from events.moderation.step import ModerationError


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
    is_merged = event.status == Event.Status.MERGED
    form: forms.Form = (UnmergeForm if is_merged else MergeForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            if is_merged:
                merging.unmerge_event(event, by=person(request), reason=reason)
            else:
                into = form.cleaned_data["into"]
                merging.merge_events(event, into, by=person(request), reason=reason)
        except ModerationError as error:
            form.add_error(None, str(error))
        else:
            return _done(request, event, "un-merged" if is_merged else "merged")
    title = f"Un-merge “{event}”" if is_merged else f"Merge “{event}” into another event"
    return _page(request, event, form, title)


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    event = get_object_or_404(Event, pk=pk)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            correct_event(
                event,
                by=person(request),
                reason=form.cleaned_data["text"],
                is_significant=form.cleaned_data["is_significant"],
            )
        except ModerationError as error:
            form.add_error(None, str(error))
        else:
            return _done(request, event, "corrected")
    return _page(request, event, form, f"Correct “{event}” publicly")


def _done(request: HttpRequest, event: Event, done: str) -> HttpResponse:
    history = reverse("admin:event_revisions", args=[event.pk])
    messages.success(
        request, format_html('“{}” is {}. <a href="{}">History, undo</a>', event, done, history)
    )
    return HttpResponseRedirect(reverse("admin:events_event_change", args=[event.pk]))


def _page(request: HttpRequest, event: Event, form: forms.Form, title: str) -> HttpResponse:
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": title,
        "form": form,
        "back": reverse("admin:events_event_change", args=[event.pk]),
    }
    return render(request, "admin/step.html", context)
