"""What is said when there is nothing to show: written, with a way on."""

from __future__ import annotations

import re
from urllib.parse import unquote

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from events.models import Event
from timeline.cards import event_url
from timeline.filters import Filter
from timeline.listing import list_url
from timeline.markdown import plain
from timeline.queries import events_for

_MONTH = re.compile(r"\b(19|20)(\d\d)[-/](\d\d)?")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Search for the words of the address, and lead to the month it may name."""
    path = unquote(request.path)
    words = " ".join(re.findall(r"[^\W\d_]{3,}|\w*\d\w*", path))[:100]
    month = _MONTH.search(path)
    at = f"{month[1]}{month[2]}-{month[3] or '12'}" if month else ""
    context = {
        "words": words.replace("events ", "", 1),
        "near": _near(words),
        "at": at,
        "at_url": list_url(Filter(), at=at) if at else "",
    }
    return render(request, "404.html", context, status=404)


def _near(words: str) -> list[tuple[str, str]]:
    """Up to five events that share words with the address; none while the database is away."""
    try:
        events: list[Event] = (
            list(events_for(Filter(text=" or ".join(words.split()[-8:])))[:5]) if words else []
        )
    except DatabaseError:
        return []
    return [(plain(event.title), event_url(event)) for event in events]


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor context: whatever broke may have broken those."""
    return render(request, "500.html", status=500)
