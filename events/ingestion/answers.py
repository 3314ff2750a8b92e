"""What the headers of an answer say: how long it is good for, when to come back, what it links."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from events.ingestion.types import CacheHints

LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]*))*)")
REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]*))", re.I)


class Headers:
    """Case-insensitive; repeated names are joined with commas (RFC 9110 section 5.3)."""

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self._values: dict[str, str] = {}
        for name, value in raw:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip()
            self._values[key] = f"{self._values[key]}, {text}" if key in self._values else text

    def get(self, name: str) -> str:
        return self._values.get(name, "")


def printable(text: str, limit: int) -> str:
    """`text` if it can be stored and sent back as it is, else nothing."""
    return text if text.isascii() and text.isprintable() and len(text) <= limit else ""


def http_date(text: str) -> datetime.datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def _seconds(text: str) -> datetime.timedelta | None:
    digits = text.strip().strip('"')
    if not digits.isascii() or not digits.isdigit():
        return None
    return datetime.timedelta(seconds=min(int(digits[:12]), 10 * 365 * 86400))


def _until(text: str, start: datetime.datetime) -> datetime.timedelta | None:
    end = http_date(text)
    return max(end - start, datetime.timedelta(0)) if end else None


def cache_hints(headers: Headers, now: datetime.datetime) -> CacheHints:
    """Retry-After and freshness lifetime (RFC 9111 section 4.2.1), Age taken off."""
    answered_at = http_date(headers.get("date")) or now
    wanted = headers.get("retry-after")
    retry_after = _seconds(wanted)
    if retry_after is None and wanted:
        retry_after = _until(wanted, now)
    return CacheHints(max_age=_lifetime(headers, answered_at), retry_after=retry_after)


def _lifetime(headers: Headers, answered_at: datetime.datetime) -> datetime.timedelta | None:
    directives = dict(
        part.strip().lower().partition("=")[::2]
        for part in headers.get("cache-control").split(",")
        if part.strip()
    )
    if "no-cache" in directives or "no-store" in directives:
        return None
    lifetime = _seconds(directives.get("max-age", ""))
    if lifetime is None and headers.get("expires"):
        lifetime = _until(headers.get("expires"), answered_at)
    if lifetime is None:
        return None
    age = _seconds(headers.get("age")) or datetime.timedelta(0)
    return max(lifetime - age, datetime.timedelta(0))


def links(header: str, base: str) -> tuple[tuple[str, str], ...]:
    """(rel, address) of a Link header (RFC 8288), relative addresses resolved."""
    found = []
    for target, parameters in LINK.findall(header[:8000]):
        rel = REL.search(parameters)
        names = (rel[1] or rel[2] or "") if rel else ""
        found += [(name.lower(), urljoin(base, target)) for name in names.split()]
    return tuple(found)
