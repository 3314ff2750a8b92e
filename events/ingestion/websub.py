"""Telling a WebSub hub that our feeds have something new: one POST through the one door."""

from __future__ import annotations

from urllib.parse import urlencode

from events.ingestion.fetch import Door
from events.ingestion.types import FeedRequest, FetchError

STREAMS = ("events", "changes")
NO_CONTENT = 204
FORMS = ("atom", "rss", "json")
LANGUAGES = ("", "zh-hans/")


def ping(door: Door, hub: str, site_url: str) -> None:
    """Name every whole feed to the hub; raises FetchError when it does not take it."""
    feeds = [f"{stream}.{form}" for stream in STREAMS for form in FORMS]
    topics = [f"{site_url}/{language}feeds/{feed}" for language in LANGUAGES for feed in feeds]
    body = urlencode([("hub.mode", "publish"), *(("hub.url", topic) for topic in topics)])
    try:
        door(FeedRequest(url=hub, method="POST", body=body.encode(), accept="*/*"))
    except FetchError as error:
        if error.status != NO_CONTENT:  # the usual thanks of a hub, and nothing to read
            raise
