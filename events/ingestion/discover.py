"""The feeds that a web page advertises (RFC 4287 autodiscovery, WHATWG link type `feed`)."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

from events.ingestion.types import FoundFeed

FEED_TYPES = (
    "application/atom+xml",
    "application/rss+xml",
    "application/feed+json",
    "application/rdf+xml",
)
# Pages declare their feeds in the head; beyond this much a page is not read for them.
READ_AT_MOST = 512 * 1024


class _Links(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.base = url
        self.found: dict[str, FoundFeed] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "base" and values.get("href"):
            self.base = _join(self.base, values["href"])
        if tag in ("link", "a") and values.get("href"):
            rels = values.get("rel", "").lower().split()
            content_type = values.get("type", "").split(";")[0].strip().lower()
            if "feed" in rels or ("alternate" in rels and content_type in FEED_TYPES):
                address = _join(self.base, values["href"].strip())
                title = " ".join(values.get("title", "").split())
                self.found.setdefault(address, FoundFeed(address, title, content_type))


def _join(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return ""


def find_feeds(page: str, url: str) -> tuple[FoundFeed, ...]:
    """What the page at `url` offers, in its order, each address once, http(s) only."""
    parser = _Links(url)
    parser.feed(page[:READ_AT_MOST])
    return tuple(
        found for found in parser.found.values() if found.url.startswith(("http://", "https://"))
    )
