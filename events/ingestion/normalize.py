"""From an entry as received to a draft: plain text, moments in UTC, address and identity.

What cannot become a source is not thrown away but carries its reason in `rejected`.
"""

from __future__ import annotations

import datetime
import hashlib
import html
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import nh3

from events.ingestion.canonical import canonicalize_url
from events.ingestion.dates import read_date
from events.ingestion.types import EntryDraft, ParsedEntry, ParsedFeed, UnusableUrl

TITLE_LENGTH = 1000
SUMMARY_LENGTH = 5000
# Cleaning is linear, but a book in one element need not be cleaned to be cut.
MARKUP_LENGTH = 60_000
# A B-tree entry holds 2,700 bytes; a longer key is recognised just as well by its hash.
KEY_BYTES = 500
BLOCK_END = re.compile(r"(?i)</(?:p|div|li|h[1-6]|tr|blockquote|ul|ol|table)>|<br\s*/?>")
# What most summaries hold and no more: these tags, attributes quoted or plain.
USUAL_TAGS = (
    "a|abbr|b|blockquote|br|cite|code|del|div|em|figure|figcaption|h[1-6]|hr|i|img|li|ol|p|pre|q|s|"
    "small|span|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul"
)
USUAL_MARKUP = re.compile(rf"""(?i)</?(?:{USUAL_TAGS})(?:\s(?:[^<>"']|"[^"<>]*"|'[^'<>]*')*)?/?>""")
USUAL_LENGTH = 4000
ESCAPED_TWICE = re.compile(r"(?i)&(?!lt;|gt;)(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});")
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff\ufffe\uffff]")
SURROGATES = re.compile("[\ud800-\udfff]")
AMPERSANDS = re.compile(r"(?i)&(?:amp|#0{0,3}38|#x26);")  # escaped once more than needed
SCHEME = re.compile(r"\Ahttps?://", re.I)


def normalize(feed: ParsedFeed, now: datetime.datetime) -> list[EntryDraft]:
    """Every entry of the feed as a draft, oldest first: feeds list the newest first."""
    drafts = [normalize_entry(entry, feed.lang, now) for entry in reversed(feed.entries)]
    return _tell_apart(drafts)


def normalize_entry(entry: ParsedEntry, feed_lang: str, now: datetime.datetime) -> EntryDraft:
    title = plain_text(entry.title, TITLE_LENGTH)
    summary = plain_text(entry.summary, SUMMARY_LENGTH)
    guid = one_line(entry.guid)[:2000]
    url, canonical, rejected = _address(entry)
    published = entry.published or entry.updated  # Atom asks for updated only
    published_at, flag = read_date(published, now)
    updated_at = published_at if entry.updated == published else read_date(entry.updated, now)[0]
    content_hash = hashlib.sha256(f"{title}\n{summary}".casefold().encode()).hexdigest()
    return EntryDraft(
        guid=guid,
        guid_key=guid_key(guid, canonical, content_hash),
        url=url,
        canonical_url=canonical,
        title=title,
        summary=summary,
        author=plain_text(entry.author, 300),
        lang=one_line(entry.lang or feed_lang)[:12],
        published_raw=one_line(published)[:200],
        published_at=published_at,
        updated_at=updated_at,
        date_flag=flag,
        content_hash=content_hash,
        rejected=rejected,
    )


def _address(entry: ParsedEntry) -> tuple[str, str, str]:
    """(address as given, canonical address, why there is none)."""
    reason = "no link"
    for candidate in (entry.origin_url, entry.url):
        url = AMPERSANDS.sub("&", one_line(candidate))
        if not url:
            continue
        try:
            canonical = canonicalize_url(url)
        except UnusableUrl as error:
            reason = f"link dropped: {error}"
            continue
        if len(url) > 2000:
            url = canonical
        return url, canonical, ""
    return "", "", reason


def guid_key(guid: str, canonical: str, content_hash: str) -> str:
    """What the entry is recognised by in its feed: its GUID, with http and https alike."""
    if guid:
        key = SCHEME.sub("", guid).rstrip("/") or guid
    else:
        key = f"url:{canonical}" if canonical else f"content:{content_hash}"
    if len(key.encode()) > KEY_BYTES:
        return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"
    return key


def _tell_apart(drafts: Sequence[EntryDraft]) -> list[EntryDraft]:
    """Some feeds give every entry one GUID (the site's address): there it identifies nothing.

    An entry that stands twice in the document counts once; the later one, that is listed first
    in the feed, is the newer state.
    """
    addresses = Counter(key for key, _ in {(d.guid_key, d.canonical_url) for d in drafts})
    unique: dict[str, EntryDraft] = {}
    for draft in drafts:
        if addresses[draft.guid_key] > 1:
            draft = replace(draft, guid_key=guid_key("", draft.canonical_url, draft.content_hash))
        unique[draft.guid_key] = draft
    return list(unique.values())


def plain_text(markup: str, limit: int) -> str:
    """Text without markup, entities, control characters and double spaces, cut at a word."""
    text = SURROGATES.sub("\ufffd", markup[:MARKUP_LENGTH])
    if "<" in text:
        text = html.unescape(_without_tags(BLOCK_END.sub("\n", text)))
    # Feeds escape twice on the way through an aggregator; &lt; may be meant literally.
    elif "&" in text:
        text = html.unescape(text)
    if "&" in text:
        text = ESCAPED_TWICE.sub(lambda found: html.unescape(found[0]), text)
    text = one_line(text)
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0][: limit - 1] + "…"


def _without_tags(markup: str) -> str:
    """Text with its entities. A browser's parser decides, but for the usual, which is plain."""
    if len(markup) <= USUAL_LENGTH:
        text = USUAL_MARKUP.sub("", markup)
        if "<" not in text:
            return text
    return nh3.clean(markup, tags=set())


def one_line(text: str) -> str:
    if text.isprintable() and "  " not in text:  # most are clean: neither breaks nor controls
        return text.strip()
    return " ".join(NOT_TEXT.sub("", SURROGATES.sub("\ufffd", text)).split())


def title_from(summary: str, url: str) -> str:
    """Posts of social networks have no title: their first words stand for it."""
    if not summary:
        return url[:TITLE_LENGTH]
    first = re.split(r"(?<=[.!?。])\s", summary, maxsplit=1)[0]
    return first if len(first) <= 140 else first[:139].rsplit(" ", 1)[0] + "…"
