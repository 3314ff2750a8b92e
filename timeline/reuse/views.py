"""The record as files over HTTP, whole or for the filter of a page."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase

from events.models import Event
from timeline.api.problems import Problem, problem_response
from timeline.filters import Filter
from timeline.queries import events_for
from timeline.reuse.files import FORMS, json_schema
from timeline.reuse.lines import lines_of
from timeline.reuse.sqlite import write_sqlite
from timeline.syndication.answering import public_file
from timeline.syndication.feed import strangers


def _refused(query: QueryDict) -> HttpResponse | None:
    """A problem that names what of `query` cannot be used. A feed goes on without it; a file that
    holds more than was asked for would be taken for what was asked for."""
    unknown = [(name[:60], "There is no such parameter.") for name in strangers(query)]
    unusable = [(_named_in(note, query), note) for note in Filter.parse(query).notes]
    if not unknown and not unusable:
        return None
    errors = [{"parameter": name, "message": text} for name, text in unknown + unusable]
    named = ", ".join(error["parameter"] for error in errors)
    return problem_response(Problem(400, f"Cannot be used: {named}.", errors))


def _named_in(note: str, query: QueryDict) -> str:
    """The parameter whose value a note of the filter quotes."""
    for name, values in query.lists():
        parts = [part.strip()[:40] for value in values for part in value.split(",")]
        if any(part and f"“{part}" in note for part in parts):
            return str(name)
    return "from" if query.get("from") and query.get("to") else "q"


def chosen(query: QueryDict) -> QuerySet[Event]:
    """The events of a filter; of the whole record the tombstones too. In a fixed order."""
    filter = replace(Filter.parse(query), sort="date")
    events = Event.objects.once_public() if filter.is_empty else events_for(filter)
    return events.exclude(status=Event.Status.DRAFT).order_by("first_published_at", "public_id")


@public_file(*(form.media_type for form in FORMS.values()), "text/plain", "application/json")
def file(request: HttpRequest, name: str) -> HttpResponseBase:
    if problem := _refused(request.GET):
        return problem
    form = FORMS[name]
    pieces = form.write(lines_of(chosen(request.GET)))
    response = StreamingHttpResponse(
        (piece.encode() for piece in pieces), content_type=f"{form.media_type}; charset=utf-8"
    )
    return _licensed(response, f"events.{name}")


@public_file("application/vnd.sqlite3", "application/octet-stream")
def sqlite(request: HttpRequest) -> HttpResponseBase:
    if problem := _refused(request.GET):
        return problem
    edition = request.edition  # type: ignore[attr-defined]
    about = (edition.number, edition.changed_at.isoformat(), settings.DATA_LICENSE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.sqlite"
        write_sqlite(path, lines_of(chosen(request.GET)), about)
        body = path.read_bytes()
    return _licensed(HttpResponse(body, content_type="application/vnd.sqlite3"), "events.sqlite")


@public_file("application/schema+json", "application/json")
def schema(request: HttpRequest) -> HttpResponse:
    text = json.dumps(json_schema(), indent=1, ensure_ascii=False)
    return HttpResponse(text, content_type="application/schema+json; charset=utf-8")


def _licensed(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response.headers["Link"] = f'<{settings.DATA_LICENSE}>; rel="license"'
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
