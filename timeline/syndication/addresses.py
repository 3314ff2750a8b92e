"""Where feeds are found: at the query string of the page that they follow."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.urls import reverse

from timeline.filters import Filter

FORMS = {
    "atom": "application/atom+xml",
    "rss": "application/rss+xml",
    "json": "application/feed+json",
}


def feed_url(stream: str, form: str, filter: Filter, **more: str) -> str:
    """The canonical path of a feed for `filter`; its order is the feed's own."""
    parts = [replace(filter, sort="date").query_string, urlencode(more, safe=":")]
    query = "&".join(part for part in parts if part)
    path = reverse("timeline:feed", args=[stream, form])
    return f"{path}?{query}" if query else path
