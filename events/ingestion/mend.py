"""Small repairs that make a malformed feed well-formed without losing an entry."""

from __future__ import annotations

import html
import re

CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
AMPERSAND = re.compile(r"&(#\d+;|#[xX][0-9a-fA-F]+;|[A-Za-z][A-Za-z0-9]*;)?")
XML_ENTITIES = ("&amp;", "&lt;", "&gt;", "&quot;", "&apos;")
ROOT = re.compile(r"<((?:[A-Za-z]+:)?(rss|RDF|feed))\b([^>]*)>")
KEPT_ATTRIBUTE = re.compile(
    r"""(?:xmlns(?::[\w.-]+)?|xml:lang|xml:base)\s*=\s*("[^"<]*"|'[^'<]*')"""
)
PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):[A-Za-z_]|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*[\"']")
ENTRY_END = re.compile(r"</((?:[A-Za-z]+:)?(?:item|entry))\s*>")
# What writers mean by a prefix that they forgot to declare.
MEANT = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rss": "http://purl.org/rss/1.0/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}


def mend_entities(text: str) -> str:
    """Escape bare ampersands and spell out HTML entities, which XML does not know."""
    return "".join(
        part if part.startswith("<![CDATA[") else AMPERSAND.sub(_mend_entity, part)
        for part in CDATA.split(text)
    )


def _mend_entity(match: re.Match[str]) -> str:
    whole = match.group(0)
    if match.group(1) is None:
        return "&amp;"
    if whole in XML_ENTITIES:
        return whole
    spelled = html.unescape(whole)
    if spelled == whole:  # an entity that nobody knows: shown as it stands
        return "&amp;" + whole[1:]
    return html.escape(spelled, quote=False)


def mend_root(text: str) -> str:
    """Begin at the root tag, keep only sound attributes of it, declare what it forgot to."""
    root = ROOT.search(text[:65536])
    if root is None:
        return text
    kept = [match.group(0) for match in KEPT_ATTRIBUTE.finditer(root.group(3))]
    declared = {name.split("=")[0].strip().removeprefix("xmlns:") for name in kept}
    used = {first or second for first, second in PREFIX.findall(text)}
    for prefix in sorted(used - declared - {"xml", "xmlns"}):
        kept.append(f'xmlns:{prefix}="{MEANT.get(prefix, "urn:undeclared:" + prefix)}"')
    return f"<{' '.join([root.group(1), *kept])}>" + text[root.end() :]


def cut_after_last_entry(text: str) -> str:
    """Drop what follows the last complete entry and close what is then open."""
    root = ROOT.match(text)
    ends = list(ENTRY_END.finditer(text))
    if root is None or not ends:
        return text
    prefix = ends[-1].group(1).rpartition(":")[0]
    channel = f"</{prefix}:channel>" if prefix else "</channel>"
    inner = channel if root.group(2) == "rss" else ""
    return f"{text[: ends[-1].end()]}{inner}</{root.group(1)}>"
