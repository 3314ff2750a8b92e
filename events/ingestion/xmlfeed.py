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
from events.ingestion.xmltext import ATOM, ROOTS, from_base64, local_name, make_uniform, words

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
DC = "{http://purl.org/dc/elements/1.1/}"
SYNDICATION = "{http://purl.org/rss/1.0/modules/syndication/}"
DCTERMS = "{http://purl.org/dc/terms/}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
MEDIA = "{http://search.yahoo.com/mrss/}"
XHTML = "{http://www.w3.org/1999/xhtml}"
# What stands for a field that is missing, in this order.
ORIGINAL_LINKS = (
    "{http://rssnamespace.org/feedburner/ext/1.0}origLink",
    "{http://www.pheedo.com/namespace/pheedo}origLink",
)
TITLES = (DC + "title", MEDIA + "title", ITUNES + "title")
SUMMARIES = (
    CONTENT,
    ATOM + "summary",
    ATOM + "content",
    ITUNES + "summary",
    DC + "description",
    ITUNES + "subtitle",
    XHTML + "body",
)
PUBLISHED = (
    DC + "date",
    DCTERMS + "issued",
    ATOM + "published",
    "published",
    DCTERMS + "created",
    "date",
)
UPDATED = (ATOM + "updated", DCTERMS + "modified", "updated")
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
    feed = _read(root, url, limit)
    if feed is not None and feed.entries:
        return feed
    if local_name(root.tag).lower() not in (*ROOTS, "entry"):
        return None
    make_uniform(root)
    uniform = _read(root, url, limit)
    return uniform if feed is None or (uniform and uniform.entries) else feed


def _read(root: Element, url: str, limit: int) -> ParsedFeed | None:
    if root.tag == ATOM + "feed":
        return _atom(root, url, limit)
    if root.tag == ATOM + "entry":  # a document of one entry (RFC 4287 section 2)
        feed = ElementTree.Element(ATOM + "feed")
        feed.append(root)
        return _atom(feed, url, limit)
    if root.tag == "channel" and root.find("items") is not None:  # RSS 1.1
        return _rss11(root, url, limit)
    if root.tag in ("rss", RDF):
        return _rss(root, url, limit)
    return None


def _first(element: Element, *names: str) -> str:
    """The text of the first of these children that has any."""
    for name in names:
        if text := words(element.find(name)):
            return text
    return ""


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
    space = next((s for s in RSS_SPACES if root.find(s + "channel") is not None), "")
    channel = root.find(space + "channel")
    items = root.findall(space + "item")
    if channel is None:
        if not items:
            return None
        channel = ElementTree.Element("channel")
    return _channel(root, channel, [*items, *channel.findall(space + "item")], space, url, limit)


def _rss11(root: Element, url: str, limit: int) -> ParsedFeed:
    return _channel(root, root, root.findall("items/item"), "", url, limit)


def _channel(
    root: Element, channel: Element, items: list[Element], space: str, url: str, limit: int
) -> ParsedFeed:
    homepage = _join(url, words(channel.find(space + "link")))
    base = _base(url if url.startswith(("http://", "https://")) else homepage, root, channel)
    return ParsedFeed(
        title=words(channel.find(space + "title")),
        homepage=homepage,
        lang=words(channel.find(space + "language")) or words(channel.find(DC + "language")),
        ttl=refresh_hint(
            words(channel.find(space + "ttl")),
            words(channel.find(SYNDICATION + "updatePeriod")),
            words(channel.find(SYNDICATION + "updateFrequency")),
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
    guid = words(guid_element) or item.get(RDF_ABOUT, "")
    link = words(link_element) or _atom_link(item)
    if not link and link_element is not None:
        link = link_element.get("href", "")
    if not link and (guid_element is None or _is_permalink(guid_element)):
        link = guid
    return ParsedEntry(
        guid=guid,
        url=_join(_base(base, item, link_element), link) if link else "",
        origin_url=_first(item, *ORIGINAL_LINKS),
        title=_first(item, space + "title", *TITLES),
        summary=_first(item, space + "description", *SUMMARIES) or _media_description(item),
        author=_first(item, space + "author", DC + "creator", ITUNES + "author"),
        lang=item.get(XML + "lang", "") or words(item.find(DC + "language")),
        published=_first(item, space + "pubDate", space + "pubdate", *PUBLISHED),
        updated=_first(item, *UPDATED),
        is_permalink=bool(link) and link == guid,
    )


def _is_permalink(guid: Element) -> bool:
    """RSS 2.0: a GUID is an address unless it says otherwise; many are not and do not say so."""
    said = guid.get("isPermaLink", "true").strip().lower() != "false"
    return said and words(guid).startswith(("http://", "https://", "/"))


def _media_description(element: Element) -> str:
    """Media RSS, which video feeds use instead of a summary."""
    return words(next(element.iter(MEDIA + "description"), None))


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
            words(root.find(SYNDICATION + "updatePeriod")),
            words(root.find(SYNDICATION + "updateFrequency")),
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
        if link.get("rel", "alternate").rpartition("/")[2] == "alternate" and link.get("href")
    ]
    alternates.sort(key=lambda link: "html" not in link.get("type", "text/html"))
    if not alternates:
        return ""
    return _join(alternates[0].get(XML + "base", ""), alternates[0].get("href", ""))


def _construct(element: Element | None) -> str:
    """An Atom text construct as HTML: plain text is escaped, xhtml keeps its text only."""
    if element is None:
        return ""
    kind = element.get("type", "text").lower()
    if "html" in kind and not len(element) and kind != "xhtml":
        return words(element)
    if _is_binary(kind) or element.get("mode") == "base64":
        return from_base64(element)
    return html.escape(words(element), quote=False)


def _is_binary(kind: str) -> bool:
    return "/" in kind and not kind.startswith("text/") and "xml" not in kind


def _atom_entry(entry: Element, root: Element, feed_base: str) -> ParsedEntry:
    base = _base(feed_base, entry)
    link = _atom_link(entry)
    guid = words(entry.find(ATOM + "id"))
    if not link and guid.startswith(("http://", "https://")):
        link = guid
    content = entry.find(ATOM + "content")
    if not link and content is not None:
        link = content.get("src", "")
    summary = _construct(entry.find(ATOM + "summary")) or _construct(content)
    author = entry.find(f"{ATOM}author/{ATOM}name")
    if author is None:
        author = root.find(f"{ATOM}author/{ATOM}name")
    return ParsedEntry(
        guid=guid,
        url=_join(base, link) if link else "",
        origin_url=_first(entry, *ORIGINAL_LINKS),
        title=_construct(entry.find(ATOM + "title")) or words(entry.find(MEDIA + "title")),
        summary=summary or _media_description(entry),
        author=words(author),
        lang=entry.get(XML + "lang", ""),
        published=_first(entry, *(ATOM + name for name in ("published", "issued", "created"))),
        updated=_first(entry, ATOM + "updated", ATOM + "modified"),
        is_permalink=bool(link) and link == guid,
    )
