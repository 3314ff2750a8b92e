"""A source by its address, or without one; and from one source a new event or a citation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from events.admin.draft_form import DraftForm
from events.admin.named import EventField, event_named
from events.admin.site import may, person
from events.admin.source_draft import propose_from
from events.admin.undoing import say_done
from events.ingestion.canonical import canonicalize_url
from events.ingestion.outgoing import door
from events.ingestion.page import PageFacts, read_page
from events.ingestion.types import FeedRequest, Fetched, FetchError, HostBusy, UnusableUrl
from events.models import Citation, Event, May, Source
from events.models.dates import EXAMPLE, validate_edtf
from events.moderation import lifecycle
from events.moderation.sources import NewSource, add_source
from events.moderation.step import ModerationError, noted, step

ACCEPT_PAGE = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"


class AddressForm(forms.Form):
    url = forms.URLField(
        max_length=2000,
        assume_scheme="https",
        label="Address",
        help_text="We open the page once and fill in what it says of itself.",
    )

    def clean_url(self) -> str:
        """A form takes ftp: for an address too; we do not."""
        try:
            canonicalize_url(self.cleaned_data["url"])
        except UnusableUrl as error:
            raise ValidationError(str(error)) from error
        return str(self.cleaned_data["url"])


class SourceForm(forms.Form):
    """What the page said, for a person to confirm; or a document that has no page."""

    url = forms.URLField(max_length=2000, required=False, assume_scheme="https", label="Address")
    canonical_url = forms.CharField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(max_length=1000)
    publisher = forms.CharField(max_length=200, required=False)
    author = forms.CharField(max_length=300, required=False)
    published = forms.CharField(
        max_length=40,
        required=False,
        validators=[validate_edtf],
        help_text=EXAMPLE,
        widget=forms.TextInput(attrs={"data-edtf": ""}),
    )
    lang = forms.CharField(max_length=12, required=False, label="Language", help_text="en, zh …")
    kind = forms.ChoiceField(choices=Source.Kind.choices, initial=Source.Kind.PRESS)
    note = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Without an address: where it stands, such as “print edition, page 3”.",
    )
    event = EventField(
        required=False, label="Cite on event", help_text="Id or address. Empty: draft a new event."
    )
    role = forms.ChoiceField(choices=Citation.Role.choices, initial=Citation.Role.REPORT)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("url"):
            for name in ("publisher", "published", "note"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, ValidationError("Needed for a source without an address."))
            given["canonical_url"] = ""
            return given
        try:
            given["canonical_url"] = canonicalize_url(given["canonical_url"] or given["url"])
        except UnusableUrl as error:
            self.add_error("url", str(error))
        return given

    def source(self) -> NewSource:
        given = self.cleaned_data
        return NewSource(
            title=given["title"],
            canonical_url=given["canonical_url"],
            url=given["url"],
            publisher_name=given["publisher"],
            author=given["author"],
            kind=given["kind"],
            lang=given["lang"],
            published=given["published"],
            note=given["note"],
            text=given["text"],
        )


def add(request: HttpRequest) -> HttpResponse:
    """First the address, then what the page says of itself, then the source."""
    if request.POST.get("step") == "save":
        return _save(request)
    if request.POST.get("step") == "look":
        return _look(request)
    if "by_hand" in request.GET:
        return _form_page(request, SourceForm(initial={"event": request.GET.get("event", "")}))
    form = AddressForm(initial={"url": request.GET.get("url", "")})
    return _address_page(request, form, request.GET.get("event", ""))


def _look(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST)
    event = request.POST.get("event", "")
    if not form.is_valid():
        return _address_page(request, form, event)
    url = form.cleaned_data["url"]
    known = _known(canonicalize_url(url))
    if known is None:
        facts = _read(request, url)
        known = _known(facts.canonical_url)
    if known is not None:
        messages.info(request, "We have this source already.")
        return HttpResponseRedirect(_with_event(known, event))
    return _form_page(
        request,
        SourceForm(
            initial={
                "url": facts.url,
                "canonical_url": facts.canonical_url,
                "title": facts.title,
                "publisher": facts.publisher,
                "author": facts.author,
                "published": facts.published,
                "lang": facts.lang,
                "text": facts.text,
                "event": event,
            }
        ),
    )


def _known(canonical_url: str) -> Source | None:
    return Source.objects.filter(canonical_url=canonical_url).first()


def _read(request: HttpRequest, url: str) -> PageFacts:
    """What the page says; when it cannot be opened, the address alone and a message why."""
    try:
        answer = door()(FeedRequest(url=url, accept=ACCEPT_PAGE))
        if isinstance(answer, Fetched):
            return read_page(answer.body, answer.url)
    except (FetchError, HostBusy) as error:
        messages.warning(request, f"The page could not be opened: {error}. Fill in what you see.")
    return PageFacts(url=url, canonical_url=canonicalize_url(url))


def _save(request: HttpRequest) -> HttpResponse:
    form = SourceForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form)
    event, by = form.cleaned_data["event"], person(request)
    try:
        with noted() as decisions, step(by=by):
            source, _ = add_source(form.source(), by=by)
            if event is not None:
                lifecycle.add_citation(event, source, form.cleaned_data["role"], by=by)
    except ModerationError as error:
        form.add_error(None, str(error))
        return _form_page(request, form)
    if event is None:
        return HttpResponseRedirect(reverse("admin:source_promote", args=[source.pk]))
    say_done(request, f"“{event}” cites “{source}”.", decisions)
    return HttpResponseRedirect(reverse("admin:events_event_change", args=[event.pk]))


def _address_page(request: HttpRequest, form: AddressForm, event: str) -> HttpResponse:
    context = {"title": "Add a source by its address", "form": form, "event": event, "step": "look"}
    return _page(request, "admin/source_add.html", context)


def _form_page(request: HttpRequest, form: SourceForm) -> HttpResponse:
    context = {"title": "Confirm the source", "form": form, "step": "save"}
    return _page(request, "admin/source_add.html", context)


def _with_event(source: Source, event: str) -> str:
    address = reverse("admin:source_promote", args=[source.pk])
    return f"{address}?event={event}" if event else address


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), **context})


def promote(request: HttpRequest, pk: int) -> HttpResponse:
    """One stored source: a new event from it, or a citation on one that exists.

    It may be cited already: one source may back several events.
    """
    source = get_object_or_404(Source.objects.select_related("publisher"), pk=pk)
    proposal = propose_from(source)
    form = DraftForm(proposal=proposal, sources=[source])
    if request.method == "POST":
        take = _cite if request.POST.get("then") == "cite" else _draft
        form, done = take(request, source, form)
        if done:
            return HttpResponseRedirect(reverse("admin:events_event_change", args=[done.pk]))
    alike = Event.objects.in_bulk([like.event_id for like in proposal.looks_like])
    context = {
        "title": f"From the source “{source}”",
        "source": source,
        "form": form,
        "proposal": proposal,
        "alike": list(alike.values()),
        "cited_on": Event.objects.filter(citations__source=source),
        "event": request.GET.get("event", ""),
        "roles": Citation.Role.choices,
        "may_decide": may(request, May.DECIDE),
        "rows": [{"source": source, "field": form[f"cite-{source.pk}"], "copies": [], "why": ""}],
    }
    return _page(request, "admin/source_promote.html", context)


def _draft(request: HttpRequest, source: Source, form: DraftForm) -> tuple[DraftForm, Event | None]:
    form = DraftForm(request.POST, proposal=propose_from(source), sources=[source])
    if not form.is_valid():
        return form, None
    by, reason = person(request), form.cleaned_data["reason"] or f"From the source “{source}”"
    try:
        with noted() as decisions, step(by=by, reason=reason):
            event = lifecycle.create_event(form.draft(), by=by, reason=reason)
            if request.POST.get("then") == "publish":
                event = lifecycle.publish_event(event, by=by, reason=reason)
    except ModerationError as error:
        form.add_error(None, str(error))
        return form, None
    say_done(request, f"{event.get_status_display()}: “{event}”.", decisions)
    return form, event


def _cite(request: HttpRequest, source: Source, form: DraftForm) -> tuple[DraftForm, Event | None]:
    event = event_named(request.POST.get("event", ""))
    role = request.POST.get("role", "")
    try:
        if event is None or role not in Citation.Role.values:
            raise ModerationError("Name an event by its id or address, and what the source is.")
        with noted() as decisions:
            lifecycle.add_citation(event, source, role, by=person(request))
    except ModerationError as error:
        messages.error(request, str(error))
        return form, None
    say_done(request, f"“{event}” cites “{source}”.", decisions)
    return form, event
