"""What a web page says of itself: title, publisher, author, date, language, canonical address.

Read from JSON-LD, OpenGraph and meta elements by trafilatura and htmldate. Pure: bytes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from courlan import extract_domain
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
    """The page's own canonical link, if it may be believed; else og:url under the same terms."""
    try:
        links = tree.xpath("//link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href")
        links = links or tree.xpath("//meta[@property='og:url']/@content")
    except etree.XPathError:
        return url
    targets = {_joined(url, str(link)) for link in links}
    if len(targets) != 1:
        return url  # none, or a page that contradicts itself
    (target,) = targets
    return url if why_not_canonical(target, url) else target


def _joined(url: str, link: str) -> str:
    try:
        return urljoin(url, link.strip())
    except ValueError:
        return ""


def why_not_canonical(target: str, url: str) -> str:
    """Why the page at `url`, which answered, is not believed that it stands at `target`.

    Templates name the home page on every article; copies name themselves; thieves name others.
    """
    there, here = urlsplit(target), urlsplit(url)
    if there.scheme not in ("http", "https") or not there.hostname:
        return "not an http(s) address"
    if there.hostname != here.hostname and _site(target) != _site(url):
        return "another site"
    if there.path in ("", "/") and not there.query and here.path not in ("", "/"):
        return "the home page of the site"
    return ""


def _site(url: str) -> str:
    """The domain that somebody registered: amp.news.co.uk and news.co.uk have the same."""
    return extract_domain(url, fast=False) or url


def _day(body: bytes) -> str:
    """The day it was first published; only from markup, a day guessed from text misleads."""
    found = find_date(body, original_date=True, extensive_search=False)
    return found or ""
