"""Bytes to ParsedFeed: decode, clean, read; recover what can be recovered.

Well-formed feeds are read by xmlfeed, JSON Feeds by jsonfeed, all else by feedparser, the only
parser that recovered every malformed feed tried. Markup stays as it is (normalize cleans it),
dates stay text. A page instead of a feed raises ParseError with the feeds it advertises.

Run it through sandbox.Sandbox on anything from the network: this module trusts nobody's size.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import feedparser

from events.ingestion.charset import decode
from events.ingestion.decoding import read_limited
from events.ingestion.discover import find_feeds
from events.ingestion.jsonfeed import looks_like_json, parse_json_feed
from events.ingestion.mend import cut_after_last_entry, mend_entities, mend_root, own_entities
from events.ingestion.types import FetchError, ParsedEntry, ParsedFeed, ParseError
from events.ingestion.xmlfeed import over_limit, read_well_formed, refresh_hint

MAX_ENTRIES = 5_000
# feedparser reads about 0.5 MB a second, and some input in quadratic time: it gets no more.
MAX_MALFORMED_CHARS = 1024 * 1024
MAX_UNPACKED_BYTES = 20_000_000
# Attributes of one tag; beyond, sgmllib's regular expressions take minutes.
MAX_TAG_CHARS = 64 * 1024

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0 section 2.2
PROLOG = re.compile(r"^\s*(?:<\?xml[^>]*\?>)?\s*")
DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
LONG_TAG = re.compile(rf"<[A-Za-z][^<>]{{{MAX_TAG_CHARS},}}>")


def parse(body: bytes, url: str, content_type: str = "") -> ParsedFeed:
    """Read a feed of any common format; raise ParseError with a sentence when there is none."""
    text, charset_note = decode(_unpacked(body), content_type)
    text = ILLEGAL.sub("", text).lstrip("\ufeff").strip()
    if not text:
        raise ParseError("The answer is empty.")
    if looks_like_json(text):
        return _noted(parse_json_feed(text, url, MAX_ENTRIES), charset_note)
    text, doctype = _without_prolog(text)
    if _is_page(text):
        raise _page_instead_of_feed(text, url)
    feed = read_well_formed(text, url, MAX_ENTRIES)
    if feed is None or (not feed.entries and doctype):
        feed = _recover(text, url, own_entities(doctype))
    return _noted(feed, charset_note)


def _noted(feed: ParsedFeed, note: str) -> ParsedFeed:
    if not note:
        return feed
    both = f"{note}; {feed.note}" if feed.note else note
    return dataclasses.replace(feed, note=both)


def _unpacked(body: bytes) -> bytes:
    """Files that are served as they lie on the disk, compressed, without saying so."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        limits = {"raw_limit": len(body), "limit": MAX_UNPACKED_BYTES}
        return read_limited([body], "gzip", **limits)[0]
    except FetchError as error:
        raise ParseError(f"It is compressed, and {error}.") from error


def _without_prolog(text: str) -> tuple[str, str]:
    """Drop the XML declaration (the text is decoded) and any DOCTYPE, which is returned."""
    text = PROLOG.sub("", text, count=1)
    found = DOCTYPE.search(text) if "<!DOCTYPE" in text[:4096].upper() else None
    if found is None:
        return text.lstrip(), ""
    return (text[: found.start()] + text[found.end() :]).lstrip(), found[0]


def _is_page(text: str) -> bool:
    start = re.sub(r"<!--.*?-->", "", text[:4096], flags=re.DOTALL).lstrip()[:200].lower()
    return start.startswith(("<html", "<head", "<body", "<meta", "<title>", "<script"))


def _page_instead_of_feed(text: str, url: str) -> ParseError:
    found = find_feeds(text, url)
    offers = f"; it offers {', '.join(each.url for each in found)}" if found else ""
    return ParseError(f"This is a web page, not a feed{offers}.", found=found)


# What is not well-formed


def _recover(text: str, url: str, entities: dict[str, str]) -> ParsedFeed:
    if LONG_TAG.search(text):
        raise ParseError(f"It has a tag of more than {MAX_TAG_CHARS >> 10} KB.")
    mended = mend_root(mend_entities(text, entities))
    feed = read_well_formed(mended, url, MAX_ENTRIES)
    if feed is not None:
        return _noted(feed, "not well-formed")
    if len(mended) > MAX_MALFORMED_CHARS:
        feed = read_well_formed(cut_after_last_entry(mended), url, MAX_ENTRIES)
        if feed is not None:
            return _noted(feed, "not well-formed, read to its last complete entry")
    return _feedparser(mended, text, url)


def _feedparser(mended: str, original: str, url: str) -> ParsedFeed:
    note = "not well-formed"
    if len(mended) > MAX_MALFORMED_CHARS:
        note += f", only its first {MAX_MALFORMED_CHARS >> 20} MB was read"
    parsed = feedparser.parse(
        mended[:MAX_MALFORMED_CHARS].encode(),
        response_headers={
            "content-type": "application/xml; charset=utf-8",
            "content-location": url,
        },
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.entries:
        why = parsed.get("bozo_exception") or "no known format"
        raise ParseError(f"It is not a feed ({why}).", found=find_feeds(original, url))
    return _noted(_from_feedparser(parsed, url), note)


def _from_feedparser(parsed: Any, url: str) -> ParsedFeed:
    entries, broken = [], []
    for position, entry in enumerate(parsed.entries[:MAX_ENTRIES]):
        try:
            entries.append(_entry(entry, url or parsed.feed.get("link", "")))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            broken.append(f"Entry {position + 1} cannot be read ({error}).")
    feed = parsed.feed
    links = feed.get("links", [])
    return ParsedFeed(
        title=feed.get("title", ""),
        homepage=feed.get("link", ""),
        lang=feed.get("language", ""),
        ttl=refresh_hint(
            feed.get("ttl", ""), feed.get("sy_updateperiod", ""), feed.get("sy_updatefrequency", "")
        ),
        hubs=tuple(link.get("href", "") for link in links if link.get("rel") == "hub"),
        entries=tuple(entries),
        broken=tuple(broken),
        note=over_limit(len(parsed.entries), MAX_ENTRIES),
    )


def _entry(entry: Any, base: str) -> ParsedEntry:
    content = entry.get("content") or [{}]
    link = entry.get("link", "")
    if link == entry.get("id") and not link.startswith(("http://", "https://")):
        link = ""  # feedparser takes any GUID for a link
    return ParsedEntry(
        guid=entry.get("id", ""),
        url=link,
        origin_url=entry.get("feedburner_origlink", ""),
        title=entry.get("title", ""),
        summary=entry.get("summary", "") or content[0].get("value", ""),
        author=entry.get("author", ""),
        lang=entry.get("language", ""),
        published=entry.get("published", ""),
        updated=dict.get(entry, "updated", ""),  # .get() would answer with the published one
        is_permalink=bool(link) and link == entry.get("id"),
    )
