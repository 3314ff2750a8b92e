"""Small repairs that make a malformed feed well-formed without losing an entry."""

from __future__ import annotations

import html
import re

CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
AMPERSAND = re.compile(r"&(#\d+;|#[xX][0-9a-fA-F]+;|[A-Za-z][A-Za-z0-9]*;)?")
SURROGATES = re.compile(r"(?i)&#x(d[89ab][0-9a-f]{2});&#x(d[c-f][0-9a-f]{2});")
# References to characters that XML forbids and nobody can see.
NOTHING = re.compile(
    r"(?i)&#(?:0*(?:[0-8]|1[1245679]|1[89]|2\d|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]));"
)
ENTITY = re.compile(
    r"""<!ENTITY\s+([A-Za-z][A-Za-z0-9]*)\s+(["'])((?:(?!\2)[^<%&]|&#\d{1,7};){0,32})\2\s*>"""
)
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


def mend_entities(text: str, own: dict[str, str]) -> str:
    """Escape bare ampersands and spell out entities: HTML's, which XML does not know, and `own`."""

    def mend(match: re.Match[str]) -> str:
        name = (match.group(1) or "").rstrip(";")
        if name in own:
            return html.escape(own[name], quote=False)
        return _mend_entity(match)

    return "".join(
        part if part.startswith("<![CDATA[") else AMPERSAND.sub(mend, SURROGATES.sub(_pair, part))
        for part in CDATA.split(text)
    )


def own_entities(doctype: str) -> dict[str, str]:
    """Entities that a document defines for itself: short plain texts, which nothing can nest."""
    return {name: html.unescape(value) for name, _, value in ENTITY.findall(doctype)[:100]}


def _pair(match: re.Match[str]) -> str:
    """Two halves of one character beyond 16 bits, written as two references."""
    high, low = int(match.group(1), 16), int(match.group(2), 16)
    return chr(0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00)


def _mend_entity(match: re.Match[str]) -> str:
    whole = match.group(0)
    if match.group(1) is None:
        return "&amp;"
    if whole in XML_ENTITIES:
        return whole
    if NOTHING.fullmatch(whole):
        return ""
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
