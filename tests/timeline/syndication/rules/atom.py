"""Atom: RFC 4287 with archives (RFC 5005)."""

from __future__ import annotations

import datetime
from typing import Any

from tests.timeline.syndication.rules.common import ATOM, Rules

ATTRIBUTES = {
    "atom:link": {"href", "rel", "type", "title", "hreflang"},
    "atom:category": {"term", "scheme", "label"},
    "atom:title": {"type"},
    "atom:subtitle": {"type"},
    "atom:summary": {"type"},
    "atom:content": {"type"},
    "atom:rights": {"type"},
}
# Whether an element may be repeated.
FEED = {
    "author": True, "category": True, "contributor": True, "entry": True, "generator": False,
    "icon": False, "id": False, "link": True, "logo": False, "rights": False, "subtitle": False,
    "title": False, "updated": False, "fh:archive": False,
}  # fmt: skip
ENTRY = {
    "author": True, "category": True, "content": False, "contributor": True, "id": False,
    "link": True, "published": False, "rights": False, "source": False, "summary": False,
    "title": False, "updated": False, "dcterms:temporal": False,
}  # fmt: skip
PERSON = {"name": False, "uri": False, "email": False}


class AtomRules(Rules):
    def check(self) -> None:
        if self.root.tag != f"{{{ATOM}}}feed":
            self.complain("UndefinedElement", self.root.tag)
            return
        if {"atom", "xhtml"} & set(self.root.nsmap):
            self.complain("AvoidNamespacePrefix")
        self.everywhere(ATTRIBUTES)
        self.instructions()
        parts = self.children(self.root, FEED, own="atom:")
        self._metadata(parts)
        entries = parts.get("entry", [])
        ids, moments = set[str](), set[datetime.datetime | None]()
        for entry in entries:
            id, updated = self._entry(entry, has_author="author" in parts)
            if id in ids:
                self.complain("DuplicateEntries", id)
            if updated in moments:
                self.complain("DuplicateUpdated", updated)
            ids.add(id)
            moments.add(updated)

    def _metadata(self, parts: dict[str, list[Any]]) -> None:
        for name in ("id", "title", "updated", "author"):
            if name not in parts:
                self.complain("MissingElement", name)
        names = [self.name(child) for child in self.root]
        if "atom:entry" in names and set(names[names.index("atom:entry") :]) != {"atom:entry"}:
            self.complain("MisplacedMetadata")
        for element in parts.get("id", []):
            self.uri(self.not_blank(element), canonical=True)
        self._texts(parts, "title", "subtitle", "rights")
        self._people(parts)
        self._categories(parts)
        for element in parts.get("updated", []):
            self.moment(element)
        links = self._links(parts, in_item=False)
        if "self" not in links:
            self.complain("MissingSelf")
        self.archive(links, "fh:archive" in parts)

    def _links(self, parts: dict[str, list[Any]], *, in_item: bool) -> dict[str, str]:
        links: dict[str, str] = {}
        for element in parts.get("link", []):
            relation, href = self.link(element, in_item=in_item)
            if relation in links:
                self.complain("DuplicateAtomLink", relation)
            links[relation] = href
        return links

    def _entry(self, entry: Any, *, has_author: bool) -> tuple[str, datetime.datetime | None]:
        parts = self.children(entry, ENTRY, own="atom:")
        for name in ("id", "title", "updated"):
            if name not in parts:
                self.complain("MissingElement", f"entry/{name}")
        if not has_author and "author" not in parts:
            self.complain("MissingElement", "entry/author")
        if not {"content", "summary"} & set(parts):
            self.complain("MissingTextualContent")
        links = self._links(parts, in_item=True)
        if "content" not in parts and "alternate" not in links:
            self.complain("MissingContentOrAlternate")
        self._texts(parts, "title", "summary", "content", "rights")
        self._people(parts)
        self._categories(parts)
        for element in parts.get("published", []):
            self.moment(element)
        id = self.not_blank(parts["id"][0])
        self.uri(id, canonical=True)
        return id, self.moment(parts["updated"][0])

    def _texts(self, parts: dict[str, list[Any]], *names: str) -> None:
        for element in (element for name in names for element in parts.get(name, [])):
            text, kind = self.not_blank(element), element.get("type", "text")
            if len(element):
                self.complain("UndefinedElement", f"inside {self.name(element)}")
            if kind == "html":
                self.html(text, element)
            elif kind == "text":
                self.plain(text, element, message="ContainsUndeclaredHTML")
            else:
                self.complain("InvalidTextType", kind)

    def _people(self, parts: dict[str, list[Any]]) -> None:
        for person in parts.get("author", []):
            found = self.children(person, PERSON, own="atom:")
            if "name" not in found:
                self.complain("MissingElement", "author/name")
            for element in found.get("name", []):
                self.plain(self.not_blank(element), element)
            for element in found.get("uri", []):
                self.uri(self.not_blank(element))

    def _categories(self, parts: dict[str, list[Any]]) -> None:
        for element in parts.get("category", []):
            if not element.get("term"):
                self.complain("MissingAttribute", "category@term")
            self.plain(element.get("label", ""), element)
