"""RSS 2.0 with the profile of the RSS Advisory Board."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import Any

from tests.timeline.syndication.rules.common import Rules

ATTRIBUTES = {
    "rss": {"version"},
    "guid": {"isPermaLink"},
    "atom:link": {"href", "rel", "type", "title", "hreflang"},
    "category": {"domain"},
    "source": {"url"},
}
# Whether an element may be repeated.
CHANNEL = {
    "atom:link": True, "category": True, "copyright": False, "description": False, "docs": False,
    "generator": False, "image": False, "item": True, "language": False, "lastBuildDate": False,
    "link": False, "managingEditor": False, "pubDate": False, "title": False, "ttl": False,
    "webMaster": False, "fh:archive": False,
}  # fmt: skip
ITEM = {
    "atom:link": True, "author": False, "category": True, "comments": False,
    "content:encoded": False, "dc:creator": True, "dcterms:temporal": False, "description": False,
    "enclosure": False, "guid": False, "link": False, "pubDate": False, "source": False,
    "title": False,
}  # fmt: skip
_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d ([+-]\d{4}|GMT)"
)


class RssRules(Rules):
    def check(self) -> None:
        if self.root.tag != "rss" or self.root.get("version") != "2.0":
            self.complain("InvalidRSSVersion", self.root.tag)
        self.everywhere(ATTRIBUTES)
        self.instructions()
        channels = self.children(self.root, {"channel": False}).get("channel", [])
        for channel in channels:
            self._channel(channel)
        if not channels:
            self.complain("MissingChannel")

    def _channel(self, channel: Any) -> None:
        parts = self.children(channel, CHANNEL)
        for name in ("title", "link", "description"):
            if name not in parts:
                self.complain("MissingElement", f"channel/{name}")
        self._plain(parts, "title", "description", "copyright")
        self._metadata(channel, parts)
        links = dict(self.link(element, in_item=False) for element in parts.get("atom:link", []))
        if "self" not in links:
            self.complain("MissingAtomSelfLink")
        self.archive(links, "fh:archive" in parts)
        guids = [guid for item in parts.get("item", []) for guid in self._item(item)]
        if len(guids) != len(set(guids)):
            self.complain("DuplicateValue", "guid")

    def _metadata(self, channel: Any, parts: dict[str, list[Any]]) -> None:
        names = [self.name(child) for child in channel]
        if "item" in names and set(names[names.index("item") :]) != {"item"}:
            self.complain("MisplacedItem")
        for element in parts.get("link", []):
            self.uri(self.not_blank(element))
        if "language" not in parts:
            self.complain("MissingDCLanguage")
        for element in parts.get("language", []):
            self._language(element.text)
        for element in parts.get("ttl", []):
            if not re.fullmatch(r"[1-9]\d*", element.text or ""):
                self.complain("InvalidPositiveInteger", element.text)
        self._dates(parts, "lastBuildDate", "pubDate")

    def _item(self, item: Any) -> list[str]:
        parts = self.children(item, ITEM)
        if not {"title", "description"} & set(parts):
            self.complain("ItemMustContainTitleOrDescription")
        if "author" in parts:
            self.complain("InvalidContact" if "dc:creator" not in parts else "DuplicateSemantics")
        self._plain(parts, "title", "category", "dc:creator")
        for element in parts.get("link", []):
            self.uri(self.not_blank(element))
        for name in ("description", "content:encoded"):
            for element in parts.get(name, []):
                self.html(self.not_blank(element), element)
        names = [self.name(child) for child in item]
        if (
            "content:encoded" in names
            and "description" not in names[: names.index("content:encoded")]
        ):
            self.complain("NeedDescriptionBeforeContent")
        self._dates(parts, "pubDate")
        if "guid" not in parts:
            self.complain("MissingGuid")
        return [self._guid(element) for element in parts.get("guid", [])]

    def _guid(self, element: Any) -> str:
        value, is_link = self.not_blank(element), element.get("isPermaLink", "true")
        if is_link not in ("true", "false"):
            self.complain("InvalidBooleanAttribute", is_link)
        if is_link == "true" and not value.startswith(("http://", "https://")):
            self.complain("InvalidPermalink", value)
        self.uri(value)
        return value

    def _plain(self, parts: dict[str, list[Any]], *names: str) -> None:
        for element in (element for name in names for element in parts.get(name, [])):
            text = self.not_blank(element)
            self.plain(text, element)
            self.character_data(text, element)

    def _dates(self, parts: dict[str, list[Any]], *names: str) -> None:
        for element in (element for name in names for element in parts.get(name, [])):
            text = element.text or ""
            if not _DATE.fullmatch(text):
                self.complain("InvalidRFC2822Date", text)
                continue
            at = self.plausible(parsedate_to_datetime(text))
            if at.strftime("%a") != text[:3]:
                self.complain("IncorrectDOW", text)
