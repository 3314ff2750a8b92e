"""Read subscription lists (OPML 1.0 and 2.0) as every feed reader exports them. Pure.

A list is taken line by line: what is wrong with one outline costs only that outline.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.parsers import expat

MOST_BYTES = 5_000_000


class OpmlError(Exception):
    """Not a subscription list; the message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One feed of the list, `line` as an editor counts. `fault` says why it cannot be taken."""

    line: int
    url: str
    title: str = ""
    homepage: str = ""
    fault: str = ""


def read_opml(text: bytes) -> list[Line]:
    """Every outline with an `xmlUrl`, at whatever depth. Raises OpmlError."""
    if len(text) > MOST_BYTES:
        raise OpmlError(f"The list is larger than {MOST_BYTES // 1_000_000} MB.")
    parser = expat.ParserCreate()
    tags: list[str] = []
    lines: list[Line] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        tags.append(tag.lower())
        line = _line(attributes, parser.CurrentLineNumber)
        if tags[-1] == "outline" and line is not None:
            lines.append(line)

    parser.StartElementHandler = start
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise OpmlError(f"This is not OPML: {error}.") from error
    if tags[0] != "opml":
        raise OpmlError(f"This is not OPML but <{tags[0][:40]}>.")
    return lines


def _line(outline: dict[str, str], number: int) -> Line | None:
    attributes = {name.lower(): value.strip() for name, value in outline.items()}
    if "xmlurl" not in attributes:
        return None  # a folder
    url = attributes["xmlurl"].replace("feed://", "https://", 1)
    homepage = attributes.get("htmlurl", "")
    return Line(
        line=number,
        url=url,
        title=" ".join((attributes.get("title") or attributes.get("text", "")).split())[:300],
        homepage="" if fault_of(homepage) else homepage,
        fault=fault_of(url),
    )


def fault_of(url: str) -> str:
    """Why an address cannot be polled; empty if it can."""
    if not url:
        return "no address"
    if len(url) > 2000:
        return "the address is longer than 2,000 characters"
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return "not an address"
    if parts.scheme not in ("http", "https"):
        return "not an http(s) address"
    if not host or any(c.isspace() for c in url):
        return "not an address"
    return ""
