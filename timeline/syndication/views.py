"""Feeds over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from timeline.syndication.addresses import FORMS
from timeline.syndication.answering import public_file
from timeline.syndication.feed import build_feed
from timeline.syndication.formats import content_type, write_feed

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
    built = build_feed(stream, form, request.GET, request.edition)  # type: ignore[attr-defined]
    return HttpResponse(write_feed(built, form), content_type=content_type(form))
