"""What an XML tree of a feed holds: its names made uniform, the text of its elements."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from xml.etree import ElementTree

Element = ElementTree.Element

ATOM = "{http://www.w3.org/2005/Atom}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
# Namespaces that were Atom before it was one, or are it misspelt.
ATOM_LIKE = ("http://purl.org/atom/", "https://www.w3.org/2005/Atom", "http://www.w3.org/2005/atom")
# Namespaces of elements that mean what RSS means by the name.
RSS_LIKE = (
    "http://purl.org/rss/1.0/",
    "http://purl.org/net/rss1.1#",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://channel.netscape.com/rdf/simple/0.9/",
    "http://my.netscape.com/publish/formats/rss-0.91.dtd",
    "http://blogs.law.harvard.edu/tech/rss",
)
USERLAND = "http://backend.userland.com/rss"
# Elements of HTML that end a line.
BLOCKS = frozenset(
    {
        *("address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figure"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"),
        *("section", "table", "td", "th", "tr", "ul"),
    }
)
UNSEEN = frozenset({"script", "style"})
ROOTS = ("rss", "rdf", "feed", "channel")


def local_name(tag: str) -> str:
    return tag.rpartition("}")[2]


def make_uniform(root: Element) -> None:
    """Lower-case names without namespace for RSS of any version, Atom's own for Atom's.

    Feeds write <ITEM>, <pubdate>, <rss xmlns="…">, or Atom without its namespace.
    """
    own = root.tag.rpartition("}")[0].removeprefix("{")
    is_atom = local_name(root.tag).lower() in ("feed", "entry")
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = _uniform(element.tag, own, is_atom)


def _uniform(tag: str, own: str, is_atom: bool) -> str:
    space, _, name = tag.rpartition("}")
    space = space.removeprefix("{")
    if is_atom and (space == own or space.startswith(ATOM_LIKE)):
        return ATOM + name.lower()
    if tag == RDF + "RDF":
        return tag
    if not is_atom and (space in ("", own, *RSS_LIKE) or space.startswith(USERLAND)):
        return name.lower()
    return f"{{{space}}}{name}" if space else name.lower()


def words(element: Element | None) -> str:
    """All text within; blocks of markup that was not escaped end a line."""
    if element is None:
        return ""
    if not len(element):
        return (element.text or "").strip()
    try:
        return "".join(_pieces(element)).strip()
    except RecursionError:  # nobody nests so deep by accident
        return "".join(element.itertext()).strip()


def _pieces(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = local_name(child.tag).lower() if isinstance(child.tag, str) else "script"
        if name not in UNSEEN:
            yield from _pieces(child)
        if name in BLOCKS:
            yield "\n"
        yield child.tail or ""


def from_base64(element: Element) -> str:
    """Content that is neither text nor XML stands in Base64 (RFC 4287 section 4.1.3.3)."""
    try:
        text = base64.b64decode(words(element), validate=False).decode()
    except (binascii.Error, ValueError):
        return ""
    return text if all(c.isprintable() or c.isspace() for c in text) else ""
