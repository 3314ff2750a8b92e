"""How to follow and reuse the record, whole or for one filter, on one page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from timeline.edition import public_page
from timeline.filters import Filter
from timeline.listing import list_url
from timeline.panels import title_of
from timeline.syndication.addresses import feed_url
from timeline.syndication.ids import absolute


@dataclass(frozen=True)
class Way:
    """One address to copy."""

    id: str
    label: str
    url: str


@public_page
def follow(request: HttpRequest) -> HttpResponse:
    filter = replace(Filter.parse(request.GET), sort="date")
    query = f"?{filter.query_string}" if filter.query_string else ""
    context = {
        "filter": filter,
        "title": title_of(filter),
        "page_url": list_url(filter),
        "feeds": _feeds(filter),
        "calendars": _calendars(query),
        "files": _files(query),
        "api_url": absolute(reverse("timeline:api:api-root") + "events") + query,
        "description_url": absolute(reverse("timeline:api:api-root") + "openapi.json"),
        "license": settings.DATA_LICENSE,
    }
    return render(request, "timeline/follow.html", context)


def _feeds(filter: Filter) -> list[Way]:
    names = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed"}
    ways = [
        Way(
            f"events-{form}",
            f"{_('New events')}: {name}",
            absolute(feed_url("events", form, filter)),
        )
        for form, name in names.items()
    ]
    changes = absolute(feed_url("changes", "atom", filter))
    return [*ways, Way("changes-atom", f"{_('Changes and corrections')}: Atom", changes)]


def _calendars(query: str) -> list[Way]:
    labels = {"events": _("What happened"), "ahead": _("Dates ahead")}
    return [
        Way(f"calendar-{name}", label, _webcal(reverse("timeline:calendar", args=[name]) + query))
        for name, label in labels.items()
    ]


def _webcal(path: str) -> str:
    return "webcal://" + absolute(path).partition("://")[2]


def _files(query: str) -> list[Way]:
    labels = {
        "jsonl": _("Everything, nested: JSON Lines"),
        "csv": _("Table: CSV"),
        "timeline.json": _("Slides: TimelineJS"),
    }
    ways = [
        Way(f"file-{name}", label, absolute(reverse("timeline:data_file", args=[name])) + query)
        for name, label in labels.items()
    ]
    sqlite = absolute(reverse("timeline:data_sqlite")) + query
    return [*ways, Way("file-sqlite", _("Database: SQLite"), sqlite)]
