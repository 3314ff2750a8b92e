"""When an entry says it was published. What cannot be read or believed stays text, flagged.

Never defaulted: a wrong "now" or 1970 would put an old article on top or at the bottom of the
timeline, and nobody would see why.
"""

from __future__ import annotations

import calendar
import datetime
import re
from email.utils import mktime_tz, parsedate_tz

from feedparser.datetimes import _parse_date as feedparser_date

UTC = datetime.UTC
# Nothing on the web is older than the web.
EARLIEST = datetime.datetime(1991, 1, 1, tzinfo=UTC)
# Clocks and time zones are wrong by up to a day or so; embargoed posts by more.
LEEWAY = datetime.timedelta(days=2)

ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?\Z",
    re.I,
)
# Month names of other languages, by the first letters that tell them apart.
MONTHS = (
    ("jan ene gen", "Jan"),
    ("feb fév fev", "Feb"),
    ("mar mär maa mrt", "Mar"),
    ("apr avr abr", "Apr"),
    ("may mai maj mei mag", "May"),
    ("jun juin giu", "Jun"),
    ("jul juil lug", "Jul"),
    ("aug aoû aou ago", "Aug"),
    ("sep set", "Sep"),
    ("oct okt ott out", "Oct"),
    ("nov", "Nov"),
    ("dec déc dez dic des", "Dec"),
)
PREFIXES = {prefix: month for prefixes, month in MONTHS for prefix in prefixes.split()}
FOREIGN = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?(\d{1,2})\.?\s+([^\W\d_]{3,})\.?,?\s+(\d{4})(?:,?\s+(\d\d?:\d\d.*))?\Z"
)
AMERICAN = re.compile(
    r"(?:[^\W\d]+,\s+)?([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})"
    r"(?:,?\s+(?:at\s+)?(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AaPp]\.?[Mm]\.?)?\s*(.*))?\Z"
)
CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日(?:\s*(\d{1,2}):(\d\d)(?::(\d\d))?)?\Z")
EPOCH = re.compile(r"\d{9,10}(?:\d{3})?\Z")


def read_date(text: str, now: datetime.datetime) -> tuple[datetime.datetime | None, str]:
    """(moment in UTC, why it is not used). Both empty when there is no date at all."""
    text = " ".join(text.split())
    if not text:
        return None, ""
    try:
        found = _read(text)
    except (ValueError, OverflowError, TypeError, IndexError):
        found = None
    if found is None:
        return None, "not understood"
    if found < EARLIEST:
        return None, "before the web"
    if found > now + LEEWAY:
        return None, "in the future"
    return found.astimezone(UTC).replace(microsecond=0), ""


def _read(text: str) -> datetime.datetime | None:
    if iso := ISO.match(text):
        return _iso(iso)
    if EPOCH.match(text):
        seconds = int(text) if len(text) < 12 else int(text) / 1000
        return datetime.datetime.fromtimestamp(seconds, UTC)
    if text[:4].isdigit() and (basic := _other_iso(text)):
        return basic
    if american := AMERICAN.match(text):
        return _american(american)
    if chinese := CHINESE.match(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in chinese.groups())
        return datetime.datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    return _internet_message(text) or _by_feedparser(text)


def _iso(found: re.Match[str]) -> datetime.datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    zone = (found[7] or "Z").upper()
    moment = datetime.datetime(year, month, day, tzinfo=UTC) + datetime.timedelta(
        hours=hour, minutes=minute, seconds=second
    )
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError(f"no such time: {found[0]}")
    return moment - _offset(zone)


def _other_iso(text: str) -> datetime.datetime | None:
    """The forms of ISO 8601 that few use: 20250120T120000Z, 2025-W04-1."""
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _offset(zone: str) -> datetime.timedelta:
    if zone == "Z":
        return datetime.timedelta(0)
    offset = datetime.timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    if offset > datetime.timedelta(hours=15):
        raise ValueError(f"no such zone: {zone}")
    return -offset if zone[0] == "-" else offset


def _american(found: re.Match[str]) -> datetime.datetime | None:
    month = PREFIXES.get(found[1][:3].lower())
    if month is None:
        return None
    hour = int(found[4] or 0)
    if (half := (found[7] or "").lower()) and hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    clock = f"{hour:02}:{found[5] or '00'}:{found[6] or '00'}"
    return _internet_message(f"{found[2]} {month} {found[3]} {clock} {found[8] or 'GMT'}")


def _internet_message(text: str) -> datetime.datetime | None:
    """RFC 5322 and its common misspellings; day names are ignored, so a wrong one is harmless."""
    if foreign := FOREIGN.match(text):
        name = foreign[2].lower()
        month = PREFIXES.get(name[:4]) or PREFIXES.get(name[:3])
        if month is None:
            return None
        text = f"{foreign[1]} {month} {foreign[3]} {foreign[4] or '00:00:00'}"
    found = parsedate_tz(re.sub(r"\b(?:GMT|UTC)(?=[+-]\d)", "", text))
    if found is None:
        return None
    # mktime_tz would carry 30 February over into March.
    datetime.datetime(*found[:3], tzinfo=UTC)
    return datetime.datetime.fromtimestamp(mktime_tz((*found[:9], found[9] or 0)), UTC)


def _by_feedparser(text: str) -> datetime.datetime | None:
    """The rest: W3CDTF with weeks, basic ISO, Korean, Greek, Hungarian, Perforce."""
    found = feedparser_date(text)
    return datetime.datetime.fromtimestamp(calendar.timegm(found), UTC) if found else None
