"""Feeds and calendars over HTTP."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from timeline.filters import Filter
from timeline.markdown import plain
from timeline.panels import title_of
from timeline.queries import events_for
from timeline.site import site_name
from timeline.syndication.addresses import FORMS
from timeline.syndication.answering import public_file
from timeline.syndication.calendar import calendar_ahead, calendar_of_events
from timeline.syndication.feed import build_feed, notes_on
from timeline.syndication.formats import feed_response

XML = ("application/xml", "text/xml", "text/plain")


@public_file(FORMS["atom"], *XML)
def atom(request: HttpRequest, stream: str, form: str) -> HttpResponse:
    return _feed(request, stream, form)


@public_file(FORMS["rss"], *XML)
def rss(request: HttpRequest, stream: str, form: str) -> HttpResponse:
    return _feed(request, stream, form)


@public_file(FORMS["json"], "application/json", "text/plain")
def json_feed(request: HttpRequest, stream: str, form: str) -> HttpResponse:
    return _feed(request, stream, form)


def feed(request: HttpRequest, stream: str, form: str) -> HttpResponseBase:
    return {"atom": atom, "rss": rss, "json": json_feed}[form](request, stream, form)


def _feed(request: HttpRequest, stream: str, form: str) -> HttpResponse:
    built = build_feed(stream, form, request, request.edition)  # type: ignore[attr-defined]
    return feed_response(request, built, form)


@public_file("text/calendar", "text/plain")
def calendar(request: HttpRequest, name: str) -> HttpResponse:
    filter = replace(Filter.parse(request.GET), sort="date")
    title = " – ".join(part for part in (site_name(), title_of(filter)) if part)
    events = events_for(filter)
    about = plain(" ".join(notes_on(request.GET, filter)))
    if name == "ahead":
        title = f"{title} – {_('dates ahead')}"
        body = calendar_ahead(events, title, about, timezone.now().date())
    else:
        body = calendar_of_events(events, title, about)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return response
