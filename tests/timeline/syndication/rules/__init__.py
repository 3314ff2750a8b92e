"""What feed validators find fault with, errors and warnings alike, as rules of our own.

Written from RFC 4287, RFC 5005, RSS 2.0, the RSS Advisory Board's profile, and the list of
messages that the W3C feed validator documents; each complaint carries that message's name.
"""

from __future__ import annotations

import re

from lxml import etree

from tests.timeline.syndication.rules.atom import AtomRules
from tests.timeline.syndication.rules.common import Rules
from tests.timeline.syndication.rules.rss import RssRules

LARGEST = 5_000_000
KINDS: dict[str, type[Rules]] = {
    "application/atom+xml": AtomRules,
    "application/rss+xml": RssRules,
}


def complaints(body: bytes, content_type: str, address: str) -> list[str]:
    """Everything that is wrong with a feed as it was served at `address`."""
    kind = content_type.partition(";")[0]
    if kind not in KINDS:
        return [f"UnexpectedContentType: {content_type}"]
    found = [] if content_type.lower().endswith("charset=utf-8") else ["EncodingMismatch"]
    found += ["ValidatorLimit"] if len(body) > LARGEST else []
    if not re.match(rb'<\?xml version="1.0" encoding="utf-8"\?>', body):
        found.append("MissingEncoding")
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError as error:
        return [*found, f"SAXError: {error}"]
    if root.getroottree().docinfo.doctype:
        found.append("InvalidDoctype")
    rules = KINDS[kind](root, body.decode(), address)
    rules.check()
    return found + rules.found
