"""What the stages hand to each other. Plain values: no Django, no network, no clock."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Literal


class FetchError(Exception):
    """Nothing usable came back. The message is a sentence for a moderator.

    `kind` is one word for metrics and tests; `status` the HTTP status, if there was one;
    `retry_after` what the server asked for.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str,
        status: int | None = None,
        retry_after: datetime.timedelta | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status
        self.retry_after = retry_after


class HostBusy(Exception):
    """Other feeds of the host are being asked; its turn comes in `wait`. Nobody's failure."""

    def __init__(self, host: str, wait: datetime.timedelta) -> None:
        super().__init__(f"{host} is being asked for other feeds: try again in {wait}")
        self.wait = wait


class ParseError(Exception):
    """No entry could be read. `found` are the feeds that a page advertises instead."""

    def __init__(self, message: str, *, found: tuple[FoundFeed, ...] = ()) -> None:
        super().__init__(message)
        self.found = found


class UnusableUrl(ValueError):
    """Not an http(s) address; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """One question to the network; validators make it conditional, a body makes it a POST."""

    url: str
    etag: str = ""
    last_modified: str = ""
    accept: str = ""
    method: Literal["GET", "HEAD", "POST"] = "GET"
    body: bytes = b""
    content_type: str = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class CacheHints:
    """How long the server says its answer stays good; None = it does not say."""

    max_age: datetime.timedelta | None = None
    retry_after: datetime.timedelta | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A 200 answer, decoded. `url` is the address that answered, after redirects."""

    url: str
    body: bytes
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    status: int = 200
    byte_count: int = 0
    moved_to: str = ""  # the end of a chain of permanent redirects only
    hints: CacheHints = CacheHints()
    links: tuple[tuple[str, str], ...] = ()  # (rel, url) of the Link header


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server, or the same bytes as last time, say that nothing changed."""

    url: str
    status: int = 304
    byte_count: int = 0
    etag: str = ""
    last_modified: str = ""
    moved_to: str = ""
    hints: CacheHints = CacheHints()


@dataclass(frozen=True, slots=True)
class FoundFeed:
    url: str
    title: str
    content_type: str


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One entry as the feed has it: markup in place, dates still text."""

    guid: str = ""
    url: str = ""
    origin_url: str = ""  # what a wrapper such as FeedBurner says it wraps
    title: str = ""
    summary: str = ""
    author: str = ""
    lang: str = ""
    published: str = ""
    updated: str = ""
    is_permalink: bool = False


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    title: str = ""
    homepage: str = ""
    lang: str = ""
    ttl: datetime.timedelta | None = None  # <ttl> or sy:*
    hubs: tuple[str, ...] = ()
    entries: tuple[ParsedEntry, ...] = ()
    broken: tuple[str, ...] = ()  # why an entry could not be read
    note: str = ""  # what had to be recovered


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """One entry, cleaned. `rejected` is empty, or the reason why it becomes no source."""

    guid: str
    guid_key: str
    url: str
    canonical_url: str
    title: str
    summary: str
    author: str
    lang: str
    published_raw: str
    published_at: datetime.datetime | None
    updated_at: datetime.datetime | None
    date_flag: str
    content_hash: str
    rejected: str = ""


Rule = Literal["guid", "url", "url in feed", "content", "new", ""]


@dataclass(frozen=True, slots=True)
class Known:
    """A stored entry of this feed, as far as recognising it goes."""

    id: int
    guid_key: str
    canonical_url: str
    content_hash: str
    published_at: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredEntry(Known):
    """A stored entry with what a poll may change of it."""

    guid: str = ""
    url: str = ""
    title: str = ""
    summary: str = ""
    author: str = ""
    lang: str = ""
    date_flag: str = ""
    updated_at: datetime.datetime | None = None
    state: str = ""
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """What to do with a draft: update entry `entry_id`, or insert it (None)."""

    draft: EntryDraft
    entry_id: int | None
    rule: Rule


@dataclass(slots=True)
class IngestResult:
    """What one poll came to; one line of it is logged and shown."""

    url: str
    outcome: Literal["ok", "not-modified", "failed"] = "ok"
    status: int | None = None
    new: int = 0
    updated: int = 0
    known: int = 0
    rejected: int = 0
    byte_count: int = 0
    note: str = ""
    error: str = ""
    reasons: dict[str, int] = field(default_factory=dict)
    # Of entries new to the feed; another feed or the record may have known the source before.
    new_source_ids: list[int] = field(default_factory=list)

    def line(self) -> str:
        if self.outcome == "failed":
            return f"{self.url}: failed: {self.error}"
        if self.outcome == "not-modified":
            return f"{self.url}: unchanged"
        counts = (
            f"{self.new} new, {self.updated} updated, {self.known} known, {self.rejected} rejected"
        )
        reasons = "; ".join(f"{n} × {why}" for why, n in self.reasons.items())
        more = "; ".join(filter(None, (reasons, self.note)))
        return f"{self.url}: {counts}" + (f" ({more})" if more else "")
