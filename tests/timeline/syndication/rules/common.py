"""Rules that hold in both XML formats: names, attributes, characters, dates, addresses, HTML."""

from __future__ import annotations

import datetime
import re
import unicodedata
from html.entities import name2codepoint
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import html5lib

ATOM = "http://www.w3.org/2005/Atom"
XML = "http://www.w3.org/XML/1998/namespace"
PREFIXES = {
    ATOM: "atom",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/syndication/history/1.0": "fh",
}
RELATIONS = {
    "alternate", "current", "enclosure", "first", "hub", "last", "license", "next",
    "next-archive", "prev-archive", "previous", "related", "replies", "self", "via",
}  # fmt: skip
OF_FEEDS_ONLY = {
    "current",
    "first",
    "last",
    "next",
    "next-archive",
    "prev-archive",
    "previous",
}
# What readers keep of HTML; anything else is a risk to them.
ELEMENTS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h3", "h4", "hr",
    "i", "ins", "li", "ol", "p", "pre", "q", "s", "small", "strong", "sub", "sup", "table",
    "tbody", "td", "th", "thead", "time", "tr", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {"href", "title", "rel", "lang", "dir", "datetime", "start", "class", "id"}
_TAG_URI = re.compile(
    r"tag:[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,]*", re.ASCII
)
_URI = re.compile(r"[a-zA-Z][0-9a-zA-Z+.-]*:(//)?[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#\[\]]+", re.ASCII)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DAMAGE = re.compile("[\x80-\x9f\ufffd]")
_END_TAG = re.compile(r"</\w+>")
_ENTITY = re.compile(r"&(#?\w+)")
_MARKUP = re.compile(r"&#[x0-9]|<[/a-zA-Z]")


class Rules:
    """One walk over one document; `found` collects what is wrong."""

    def __init__(self, root: Any, text: str, address: str) -> None:
        self.root, self.lines, self.address = root, text.split("\n"), address
        self.found: list[str] = []

    def check(self) -> None:
        raise NotImplementedError

    def complain(self, name: str, about: object = "") -> None:
        self.found.append(f"{name}: {about}")

    def name(self, element: Any) -> str:
        space, _, local = element.tag.rpartition("}")
        space = space.lstrip("{")
        return f"{PREFIXES.get(space, space)}:{local}" if space else local

    def children(self, parent: Any, known: dict[str, bool], own: str = "") -> dict[str, list[Any]]:
        """Children by name; `known` says of each whether it may be repeated."""
        by_name: dict[str, list[Any]] = {}
        for child in parent:
            by_name.setdefault(self.name(child).removeprefix(own), []).append(child)
        for name, elements in by_name.items():
            if name not in known:
                self.complain("UndefinedElement", f"{self.name(parent)}/{name}")
            elif len(elements) > 1 and not known[name]:
                self.complain("DuplicateElement", f"{self.name(parent)}/{name}")
        texts = [parent.text, *(child.tail for child in parent)]
        if any((text or "").strip() for text in texts):
            self.complain("UnexpectedText", self.name(parent))
        return by_name

    def everywhere(self, attributes: dict[str, set[str]]) -> None:
        """Namespaces, attributes, languages and characters of all elements."""
        for prefix, space in self.root.nsmap.items():
            expected = PREFIXES.get(space)
            if expected is None:
                self.complain("UnknownNamespace", space)
            elif prefix and prefix != expected:
                self.complain("NonstdPrefix", prefix)
        for element in self.root.iter("*"):
            allowed = attributes.get(self.name(element), set()) | {f"{{{XML}}}lang"}
            for name in set(element.attrib) - allowed:
                self.complain("UnexpectedAttribute", f"{self.name(element)}@{name}")
            self._language(element.get(f"{{{XML}}}lang"))
            texts = (element.text, element.tail, *element.attrib.values())
            if any(_DAMAGE.search(text or "") for text in texts):
                self.complain("BadCharacters", self.name(element))

    def _language(self, code: str | None) -> None:
        if code is not None and not re.fullmatch(r"(en|zh)(-[A-Za-z]+)?", code):
            self.complain("InvalidLanguage", code)

    def instructions(self) -> None:
        before = self.root.getprevious()
        if before is None or before.target != "xml-stylesheet":
            self.complain("no stylesheet for people")

    def not_blank(self, element: Any) -> str:
        text = (element.text or "").strip()
        if not text:
            self.complain("NotBlank", self.name(element))
        return text

    def moment(self, element: Any) -> datetime.datetime | None:
        text = (element.text or "").strip()
        if not _RFC3339.fullmatch(text):
            self.complain("InvalidRFC3339Date", text)
            return None
        return self.plausible(datetime.datetime.fromisoformat(text))

    def plausible(self, at: datetime.datetime) -> datetime.datetime:
        latest = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=10)
        if at.year < 1990 or at > latest:
            self.complain("ImplausibleDate", at)
        return at

    def uri(self, text: str, *, canonical: bool = False) -> None:
        pattern = _TAG_URI if text.startswith("tag:") else _URI
        if not pattern.fullmatch(text):
            self.complain("InvalidTAG" if text.startswith("tag:") else "InvalidFullLink", text)
        elif text.startswith(("http:", "https:")) and not urlsplit(text).netloc:
            self.complain("InvalidLink", text)
        if canonical and _normal(text) != text:
            self.complain("NonCanonicalURI", text)

    def link(self, element: Any, *, in_item: bool) -> tuple[str, str]:
        relation, href = element.get("rel", "alternate"), element.get("href", "")
        if relation not in RELATIONS:
            self.complain("UnregisteredAtomLinkRel", relation)
        if in_item and relation in OF_FEEDS_ONLY:
            self.complain("FeedHistoryRelInEntry", relation)
        if (element.text or "").strip() or len(element):
            self.complain("AtomLinkNotEmpty")
        if not href:
            self.complain("MissingHref")
        self.uri(href)
        if relation == "self" and not in_item and _folded(href) != _folded(self.address):
            self.complain("SelfDoesntMatchLocation", f"{href} served at {self.address}")
        return relation, href

    def archive(self, links: dict[str, str], is_archive: bool) -> None:
        """RFC 5005 §4."""
        if not is_archive:
            return
        if not {"prev-archive", "next-archive"} & set(links):
            self.complain("ArchiveIncomplete")
        if "current" not in links:
            self.complain("MissingCurrentInArchive")

    def plain(self, text: str, element: Any, *, message: str = "ContainsHTML") -> None:
        """Text in which nothing may look like markup to who takes it for HTML."""
        if tag := _END_TAG.search(text):
            self.complain(message, tag[0])
            return
        if self._is_by_number(element):
            return
        for name in _ENTITY.findall(text):
            if name in name2codepoint or name == "apos" or not name.isalpha():
                self.complain(message, f"&{name} in {text}")

    def character_data(self, text: str, element: Any) -> None:
        """RSS profile: `<` and `&` of plain text stand as numbers."""
        if _MARKUP.search(text) and not self._is_by_number(element):
            self.complain("CharacterData", text)

    def _is_by_number(self, element: Any) -> bool:
        """Whether the lines on which an element stands hold a hexadecimal character."""
        first = element.sourceline - 1
        length = (element.text or "").count("\n") + 1
        return any("&#x" in line for line in self.lines[first : first + length])

    def html(self, text: str, element: Any) -> None:
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        try:
            fragment = parser.parseFragment(text)
        except html5lib.html5parser.ParseError as error:
            self.complain("NotHtml", f"{error} in {text[:80]}")
            return
        for node in fragment.iter():
            if not isinstance(node.tag, str) or node.tag == "DOCUMENT_FRAGMENT":
                continue
            if node.tag not in ELEMENTS:
                self.complain("SecurityRisk", node.tag)
            for name in set(node.attrib) - ATTRIBUTES:
                self.complain("SecurityRiskAttr", name)
            if node.tag == "a" and not re.match(r"\w+:", node.get("href", "")):
                self.complain("ContainsRelRef", node.get("href"))


def _normal(text: str) -> str:
    """An address as RFC 3986 normalizes it: escapes in capitals, only where one is needed, of
    text in normal form C."""
    parts = re.split("(%(?:21|2[4-9A-C]|2F|3[ABDF]|40))", text)  # escapes that must stay
    return "".join(
        part if part.startswith("%") and len(part) == 3 else _quoted(part) for part in parts
    )


def _quoted(text: str) -> str:
    return quote(unicodedata.normalize("NFC", unquote(text)), safe=":/?&=,;@+$!*'()")


def _folded(address: str) -> str:
    """An address as validators compare it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.lower()}{unquote(parts.path)}?{parts.query}"
