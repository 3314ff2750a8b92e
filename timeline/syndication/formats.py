"""A Feed written as Atom (RFC 4287), RSS 2.0 or JSON Feed 1.1, with archives after RFC 5005."""

from __future__ import annotations

import json
from html import escape
from typing import Any
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, Stylesheet, SyndicationFeed

from timeline.site import site_name
from timeline.syndication.addresses import FORMS
from timeline.syndication.answering import is_for_a_person
from timeline.syndication.feed import Feed
from timeline.syndication.ids import absolute
from timeline.syndication.xml import AtomWriter, RssWriter, fit, unlike_markup

MINUTES_BETWEEN_POLLS = 15
DCTERMS = "http://purl.org/dc/terms/"
HISTORY = "http://purl.org/syndication/history/1.0"


class _Links:
    """Elements that Django's generators do not write: hub, archives, labels, dates of events."""

    feed: dict[str, Any]
    link = "link"

    def namespaces(self) -> dict[str, str]:
        archive = {"xmlns:fh": HISTORY} if self.feed["is_archive"] else {}
        return {"xmlns:dcterms": DCTERMS, **archive}

    def latest_post_date(self) -> Any:
        return self.feed["updated"]

    def add_links(self, handler: Any) -> None:
        for relation, url in self.feed["links"]:
            handler.addQuickElement(self.link, "", {"rel": relation, "href": url})
        if self.feed["is_archive"]:
            handler.addQuickElement("fh:archive")

    def start(self, handler: Any) -> None:
        handler.startDocument()
        for stylesheet in self.feed["stylesheets"]:
            handler.processingInstruction("xml-stylesheet", str(stylesheet))
            handler.ignorableWhitespace("\n")


class _Atom(_Links, Atom1Feed):
    def write(self, outfile: Any, encoding: str) -> None:
        handler = AtomWriter(outfile, encoding, short_empty_elements=True)
        self.start(handler)
        attributes = {**self.root_attributes(), **self.namespaces()}
        handler.startElement("feed", AttributesImpl(attributes))
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        self.add_links(handler)

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for category in item["words"]:
            attributes = {"term": category.term, "label": unlike_markup(category.label)}
            handler.addQuickElement("category", "", attributes)
        handler.addQuickElement("content", item["content"], {"type": "html"})
        handler.addQuickElement("dcterms:temporal", item["edtf"])


class _Rss(_Links, Rss201rev2Feed):
    link = "atom:link"

    def write(self, outfile: Any, encoding: str) -> None:
        handler = RssWriter(outfile, encoding, short_empty_elements=True)
        self.start(handler)
        handler.startElement("rss", AttributesImpl(self.rss_attributes()))
        handler.startElement("channel", AttributesImpl({}))
        self.add_root_elements(handler)
        self.write_items(handler)
        self.endChannelElement(handler)
        handler.endElement("rss")

    def rss_attributes(self) -> dict[str, str]:
        return {
            **super().rss_attributes(),
            "xml:lang": self.feed["language"],
            **self.namespaces(),
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        self.add_links(handler)

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for category in item["words"]:
            handler.addQuickElement("category", category.label)
        handler.addQuickElement("dc:creator", item["author_name"] or self.feed["author_name"])
        handler.addQuickElement("content:encoded", item["content"])
        handler.addQuickElement("dcterms:temporal", item["edtf"])


def write_feed(feed: Feed, form: str) -> bytes:
    if form == "json":
        return _json_feed(feed)
    return _xml_feed(feed, _Atom if form == "atom" else _Rss)


def _xml_feed(feed: Feed, generator: type[SyndicationFeed]) -> bytes:
    written = generator(
        title=feed.title,
        link=feed.home_url,
        description=feed.subtitle,
        subtitle=feed.subtitle,
        language=feed.language,
        author_name=site_name(),
        author_link=f"{settings.SITE_URL}/",
        feed_url=feed.self_url,
        feed_guid=feed.id,
        ttl=MINUTES_BETWEEN_POLLS,
        stylesheets=[Stylesheet(static("timeline/feed.css"), mimetype="text/css", media="screen")],
        updated=feed.updated,
        links=_links(feed),
        is_archive=feed.is_archive,
    )
    for item in feed.items:
        written.add_item(
            title=item.title,
            link=item.url,
            description=escape(item.summary, quote=False),
            author_name=item.author or None,
            pubdate=item.published,
            updateddate=item.updated,
            unique_id=item.id,
            unique_id_is_permalink=False,
            content=fit(item.content),
            words=item.categories,
            edtf=item.edtf,
        )
    return written.writeString("utf-8").encode()


def _links(feed: Feed) -> list[tuple[str, str]]:
    """Paging for who reads along (RFC 5005 §3), archives for who keeps a copy (§4), the hub."""
    links = {
        "first": feed.current_url,
        "current": feed.current_url if feed.is_archive else "",
        "next": feed.older_url,
        "prev-archive": feed.older_url,
        "next-archive": feed.newer_url,
        "hub": feed.hub_url,
    }
    return [(relation, url) for relation, url in links.items() if url]


def _json_feed(feed: Feed) -> bytes:
    author = {"name": site_name(), "url": f"{settings.SITE_URL}/"}
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": feed.self_url,
        "description": feed.subtitle,
        "language": feed.language,
        "authors": [author],
        "items": [
            {
                "id": item.id,
                "url": item.url,
                "title": item.title,
                "content_html": item.content,
                "summary": item.summary,
                "date_published": item.published.isoformat(),
                "date_modified": item.updated.isoformat(),
                "tags": [category.label for category in item.categories],
                "_record": {"about": absolute("/follow/"), **item.details},
            }
            for item in feed.items
        ],
    }
    if feed.older_url:
        document["next_url"] = feed.older_url
    if feed.hub_url:
        document["hubs"] = [{"type": "WebSub", "url": feed.hub_url}]
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def feed_response(request: HttpRequest, feed: Feed, form: str) -> HttpResponse:
    """A feed under its own type. Browsers apply the stylesheet to plain XML only, so they get it
    as such when a person opens the address."""
    kind = FORMS[form]
    if form != "json" and is_for_a_person(request, kind):
        kind = "application/xml"
    response = HttpResponse(write_feed(feed, form), content_type=f"{kind}; charset=utf-8")
    if feed.hub_url:  # WebSub looks here first, whatever the format
        response.headers["Link"] = f'<{feed.hub_url}>; rel="hub", <{feed.self_url}>; rel="self"'
    return response
