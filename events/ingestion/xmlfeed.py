"""RSS 0.9–2.0, RDF and Atom 1.0 that are well-formed: read by expat, at once.

About ten times as fast as feedparser, which stays the judge: tests hold this reader to the same
fields as feedparser on every sample, and whatever is not plain and well-formed goes to it
(`read_well_formed` then returns None).
"""

from __future__ import annotations

import datetime
import html
from urllib.parse import urljoin
from xml.etree import ElementTree

from events.ingestion.types import ParsedEntry, ParsedFeed

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
DC = "{http://purl.org/dc/elements/1.1/}"
SYNDICATION = "{http://purl.org/rss/1.0/modules/syndication/}"
FEEDBURNER_LINK = "{http://rssnamespace.org/feedburner/ext/1.0}origLink"
MEDIA = "{http://search.yahoo.com/mrss/}"
RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
RSS_SPACES = ("", "{http://purl.org/rss/1.0/}", "{http://my.netscape.com/rdf/simple/0.9/}")
XML = "{http://www.w3.org/XML/1998/namespace}"
PERIODS = {
    "hourly": datetime.timedelta(hours=1),
    "daily": datetime.timedelta(days=1),
    "weekly": datetime.timedelta(weeks=1),
    "monthly": datetime.timedelta(days=30),
    "yearly": datetime.timedelta(days=365),
}
Element = ElementTree.Element


def read_well_formed(text: str, url: str, limit: int) -> ParsedFeed | None:
    """Read at most `limit` entries; None when feedparser has to look at it."""
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError):
        return None
    if root.tag == ATOM + "feed":
        return _atom(root, url, limit)
    if root.tag in ("rss", RDF):
        return _rss(root, url, limit)
    return None


def _words(element: Element | None) -> str:
    return "".join(element.itertext()).strip() if element is not None else ""


def _join(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return link


def _base(outer: str, *elements: Element | None) -> str:
    for element in elements:
        if element is not None:
            outer = _join(outer, element.get(XML + "base", ""))
    return outer


def refresh_hint(ttl: str, period: str, frequency: str) -> datetime.timedelta | None:
    """RSS <ttl> in minutes, or sy:updatePeriod divided by sy:updateFrequency."""
    if ttl.strip().isdecimal() and len(ttl.strip()) < 7:
        return datetime.timedelta(minutes=int(ttl))
    length = PERIODS.get(period.strip().lower())
    if length is None:
        return None
    times = int(frequency) if frequency.strip().isdecimal() and len(frequency.strip()) < 5 else 1
    return length / max(times, 1)


# RSS and RDF


def _rss(root: Element, url: str, limit: int) -> ParsedFeed | None:
    space = next((s for s in RSS_SPACES if root.find(s + "channel") is not None), None)
    if space is None:
        return None
    channel = root.find(space + "channel")
    assert channel is not None
    items = root.findall(space + "item") + channel.findall(space + "item")
    homepage = _join(url, _words(channel.find(space + "link")))
    base = _base(url if url.startswith(("http://", "https://")) else homepage, root, channel)
    return ParsedFeed(
        title=_words(channel.find(space + "title")),
        homepage=homepage,
        lang=_words(channel.find(space + "language")) or _words(channel.find(DC + "language")),
        ttl=refresh_hint(
            _words(channel.find(space + "ttl")),
            _words(channel.find(SYNDICATION + "updatePeriod")),
            _words(channel.find(SYNDICATION + "updateFrequency")),
        ),
        hubs=_hubs(channel, base),
        entries=tuple(_item(item, space, base) for item in items[:limit]),
        note=over_limit(len(items), limit),
    )


def over_limit(count: int, limit: int) -> str:
    return f"has {count} entries; the first {limit} were read" if count > limit else ""


def _hubs(element: Element, base: str) -> tuple[str, ...]:
    links = element.findall(ATOM + "link")
    return tuple(_join(base, link.get("href", "")) for link in links if link.get("rel") == "hub")


def _item(item: Element, space: str, base: str) -> ParsedEntry:
    guid_element = item.find(space + "guid")
    link_element = item.find(space + "link")
    guid = _words(guid_element) or item.get(RDF_ABOUT, "")
    link = _words(link_element) or _atom_link(item)
    if not link and guid_element is not None and _is_permalink(guid_element):
        link = guid
    return ParsedEntry(
        guid=guid,
        url=_join(_base(base, item, link_element), link) if link else "",
        origin_url=_words(item.find(FEEDBURNER_LINK)),
        title=_words(item.find(space + "title")) or _words(item.find(DC + "title")),
        summary=_words(item.find(space + "description"))
        or _words(item.find(CONTENT))
        or _media_description(item),
        author=_words(item.find(space + "author")) or _words(item.find(DC + "creator")),
        lang=item.get(XML + "lang", "") or _words(item.find(DC + "language")),
        published=_words(item.find(space + "pubDate")) or _words(item.find(DC + "date")),
        updated=_words(item.find(ATOM + "updated")),
        is_permalink=bool(link) and link == guid,
    )


def _is_permalink(guid: Element) -> bool:
    """RSS 2.0: a GUID is an address unless it says otherwise; many are not and do not say so."""
    said = guid.get("isPermaLink", "true").strip().lower() != "false"
    return said and _words(guid).startswith(("http://", "https://", "/"))


def _media_description(element: Element) -> str:
    """Media RSS, which video feeds use instead of a summary."""
    return _words(next(element.iter(MEDIA + "description"), None))


# Atom


def _atom(root: Element, url: str, limit: int) -> ParsedFeed:
    base = _base(url, root)
    entries = root.findall(ATOM + "entry")
    homepage = _atom_link(root)
    return ParsedFeed(
        title=_construct(root.find(ATOM + "title")),
        homepage=_join(base, homepage) if homepage else "",
        lang=root.get(XML + "lang", ""),
        ttl=refresh_hint(
            "",
            _words(root.find(SYNDICATION + "updatePeriod")),
            _words(root.find(SYNDICATION + "updateFrequency")),
        ),
        hubs=_hubs(root, base),
        entries=tuple(_atom_entry(entry, root, base) for entry in entries[:limit]),
        note=over_limit(len(entries), limit),
    )


def _atom_link(element: Element) -> str:
    """The address of the alternate link, an HTML one before others (RFC 4287 section 4.1.2)."""
    alternates = [
        link
        for link in element.findall(ATOM + "link")
        if link.get("rel", "alternate") == "alternate" and link.get("href")
    ]
    alternates.sort(key=lambda link: "html" not in link.get("type", "text/html"))
    if not alternates:
        return ""
    return _join(alternates[0].get(XML + "base", ""), alternates[0].get("href", ""))


def _construct(element: Element | None) -> str:
    """An Atom text construct as HTML: plain text is escaped, xhtml keeps its text only."""
    if element is None:
        return ""
    if "html" in element.get("type", "text") and element.get("type") != "xhtml":
        return _words(element)
    return html.escape(_words(element), quote=False)


def _atom_entry(entry: Element, root: Element, feed_base: str) -> ParsedEntry:
    base = _base(feed_base, entry)
    link = _atom_link(entry)
    guid = _words(entry.find(ATOM + "id"))
    if not link and guid.startswith(("http://", "https://")):
        link = guid
    summary = _construct(entry.find(ATOM + "summary")) or _construct(entry.find(ATOM + "content"))
    author = entry.find(f"{ATOM}author/{ATOM}name")
    if author is None:
        author = root.find(f"{ATOM}author/{ATOM}name")
    return ParsedEntry(
        guid=guid,
        url=_join(base, link) if link else "",
        origin_url=_words(entry.find(FEEDBURNER_LINK)),
        title=_construct(entry.find(ATOM + "title")),
        summary=summary or _media_description(entry),
        author=_words(author),
        lang=entry.get(XML + "lang", ""),
        published=_words(entry.find(ATOM + "published")),
        updated=_words(entry.find(ATOM + "updated")),
        is_permalink=bool(link) and link == guid,
    )
