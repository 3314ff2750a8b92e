"""What a web page says of itself: title, publisher, author, date, language, canonical address.

Read from JSON-LD, OpenGraph and meta elements by trafilatura and htmldate. Pure: bytes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from htmldate import find_date
from lxml import etree, html
from trafilatura import bare_extraction, load_html
from trafilatura.metadata import extract_metadata

from events.ingestion.canonical import canonicalize_url

TEXT_LIMIT = 100_000


@dataclass(frozen=True)
class PageFacts:
    """Empty strings for what the page does not say; `published` is an EDTF day."""

    url: str
    canonical_url: str
    title: str = ""
    publisher: str = ""
    author: str = ""
    published: str = ""
    lang: str = ""
    text: str = ""


def read_page(body: bytes, url: str) -> PageFacts:
    """What the document at `url` says of itself; only the address when it cannot be read."""
    bare = PageFacts(url=url, canonical_url=canonicalize_url(url))
    tree = load_html(body)
    if tree is None:
        return bare
    found = extract_metadata(tree, default_url=url)
    content = bare_extraction(body, url=url, as_dict=False, include_comments=False)
    return PageFacts(
        url=url,
        canonical_url=canonicalize_url(_canonical(tree, url)),
        title=(found.title or "").strip()[:1000],
        publisher=(found.sitename or "").strip()[:200],
        author=(found.author or "").strip()[:300],
        published=_day(body),
        lang=(tree.get("lang") or "")[:12],
        text=(getattr(content, "text", "") or "")[:TEXT_LIMIT],
    )


def _canonical(tree: html.HtmlElement, url: str) -> str:
    """The page's own canonical link, if it stays on the host that answered."""
    try:
        links = tree.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
    except etree.XPathError:
        return url
    for link in links:
        target = urljoin(url, str(link).strip())
        if urlsplit(target).hostname == urlsplit(url).hostname:
            return target
    return url


def _day(body: bytes) -> str:
    """The day it was first published; only from markup, a day guessed from text misleads."""
    found = find_date(body, original_date=True, extensive_search=False)
    return found or ""
