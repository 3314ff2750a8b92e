"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), leniently.

An item of the wrong shape is listed as broken and does not stop the rest; numbers as ids are
coerced to text, as the specification asks of readers.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import urljoin

from events.ingestion.types import ParsedEntry, ParsedFeed, ParseError

ITEMS = re.compile(r'"items"\s*:\s*\[\s*')
BETWEEN = re.compile(r"[\s,]*")
DECODER = json.JSONDecoder(strict=False)


def looks_like_json(text: str) -> bool:
    return text[:1] in "{["


def parse_json_feed(text: str, url: str, limit: int) -> ParsedFeed:
    """Read at most `limit` items; raise ParseError when it is not a JSON Feed."""
    note = ""
    try:
        feed = json.loads(text, strict=False)
    except RecursionError as error:
        raise ParseError(f"It is neither XML nor valid JSON: {error}.") from error
    except ValueError as error:
        feed, note = _recovered(text), "not valid JSON"
        if not feed["items"]:
            raise ParseError(f"It is neither XML nor valid JSON: {error}.") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ParseError("It is JSON, but not a JSON Feed: it has no list of items.")
    entries, broken = [], []
    for position, item in enumerate(feed["items"][:limit]):
        if isinstance(item, dict):
            entries.append(_entry(item, feed, url))
        else:
            broken.append(f"Item {position + 1} is not an object.")
    version = feed.get("version")
    known = isinstance(version, str) and version.startswith("https://jsonfeed.org/version/1")
    return ParsedFeed(
        title=_text(feed.get("title")),
        homepage=_link(feed.get("home_page_url"), url),
        lang=_text(feed.get("language")),
        hubs=tuple(_link(hub.get("url"), url) for hub in _dicts(feed.get("hubs"))),
        entries=tuple(entries),
        broken=tuple(broken),
        note=note or ("" if known else "its version is not one of JSON Feed"),
    )


def _recovered(text: str) -> dict[str, Any]:
    """What can be had of a document with a comma too many, or cut off: its complete items."""
    start = ITEMS.search(text)
    items: list[Any] = []
    position = start.end() if start else len(text)
    while position < len(text):
        try:
            item, position = DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        items.append(item)
        position = BETWEEN.match(text, position).end()  # type: ignore[union-attr]  # matches always
    return {"items": items}


def _entry(item: dict[str, Any], feed: dict[str, Any], base: str) -> ParsedEntry:
    summary = _text(item.get("summary"))
    content = _text(item.get("content_html")) or html.escape(_text(item.get("content_text")))
    authors = _dicts(item.get("authors")) or _dicts([item.get("author")])
    authors = authors or _dicts(feed.get("authors")) or _dicts([feed.get("author")])
    guid = _text(item.get("id"))
    url = _link(item.get("url"), base) or _link(item.get("external_url"), base)
    if not url and guid.startswith(("http://", "https://")):
        url = guid  # "ideally, the id is the full URL of the resource"
    return ParsedEntry(
        guid=guid,
        url=url,
        title=html.escape(_text(item.get("title")), quote=False),
        summary=html.escape(summary, quote=False) if summary else content,
        author=", ".join(name for author in authors if (name := _text(author.get("name")))),
        lang=_text(item.get("language")),
        published=_text(item.get("date_published")),
        updated=_text(item.get("date_modified")),
    )


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _link(value: Any, base: str) -> str:
    link = _text(value).strip()
    try:
        return urljoin(base, link) if link else ""
    except ValueError:
        return link


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
