"""When an entry says it was published. What cannot be read or believed stays text, flagged.

Never defaulted: a wrong "now" or 1970 would put an old article on top or at the bottom of the
timeline, and nobody would see why.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable
from email.utils import mktime_tz, parsedate_tz

from feedparser.datetimes import _parse_date as feedparser_date

UTC = datetime.UTC
# Nothing on the web is older than the web.
EARLIEST = datetime.datetime(1991, 1, 1, tzinfo=UTC)
# Clocks and time zones are wrong by up to a day or so; embargoed posts by more.
LEEWAY = datetime.timedelta(days=2)

ISO = re.compile(
    r"(\d{4})(?:-(\d\d)-|([/.])(\d\d?)\3)(\d\d?)"
    r"(?:[T ](\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d\d?(?::?\d\d)?)?)?\Z",
    re.I,
)
# Month names of other languages, by the first letters that tell them apart.
MONTHS = (
    ("jan ene gen sty янв", "Jan"),
    ("feb fév fev lut фев", "Feb"),
    ("mar mär maa mrt мар", "Mar"),
    ("apr avr abr kwi апр", "Apr"),
    ("may mai maj mei mag май мая", "May"),
    ("jun juin giu cze июн", "Jun"),
    ("jul juil lug lip июл", "Jul"),
    ("aug aoû aou ago sie авг", "Aug"),
    ("sep set wrz сен", "Sep"),
    ("oct okt ott out paź окт", "Oct"),
    ("nov lis ноя", "Nov"),
    ("dec déc dez dic des gru дек", "Dec"),
)
PREFIXES = {prefix: month for prefixes, month in MONTHS for prefix in prefixes.split()}
FOREIGN = re.compile(
    r"(?:[^\W\d]+\.?,?\s*)?(\d{1,2})(?:\.?\s+|-)([^\W\d_]{3,})(?:\.?,?\s+|-)(\d{4})"
    r"(?:,?\s+(\d\d?:\d\d.*))?\Z"
)
AMERICAN = re.compile(
    r"(?:[^\W\d]+,\s+)?([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})"
    r"(?:,?\s+(?:at\s+)?(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AaPp]\.?[Mm]\.?)?\s*(.*))?\Z"
)
EAST_ASIAN = re.compile(
    r"(\d{4})(年|년|-)\s*(\d{1,2})(?:月|월|-)\s*(\d{1,2})(?:日|일)?"
    r"(?:\s*(上午|下午|오전|오후)?\s*(\d{1,2}):(\d\d)(?::(\d\d))?)?\Z"
)
GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d))?)?\Z")
# Which is the month is known only where the other cannot be one.
SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:,?\s+(\d{1,2}:\d\d.*))?\Z")
HALF_DAY = re.compile(r"\b(\d{1,2}):(\d\d)(:\d\d)?\s*([AaPp])\.?[Mm]\b\.?")
OFFSET = re.compile(r"(?:\s(?:GMT|UTC)|\s)\s*([+-])(\d{1,2})(?::?(\d\d))?(?:\s*\([^()]*\))?\Z")
ZONE = re.compile(r"\s([A-Z]{3,4})\Z")
# What email.utils does not know; IST and BST as feeds mean them.
ZONES = {
    **{"WEST": 60, "BST": 60, "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120, "EET": 120},
    **{"SAST": 120, "EEST": 180, "MSK": 180, "PKT": 300, "IST": 330, "SGT": 480, "HKT": 480},
    **{"AWST": 480, "JST": 540, "KST": 540, "ACST": 570, "AEST": 600, "AEDT": 660, "NZST": 720},
    **{"NZDT": 780, "BRT": -180, "AKDT": -480, "AKST": -540, "HST": -600},
}
# feedparser takes the first digits of anything for a year: "2003/12/31" would be November.
LIKE_ISO = re.compile(r"[-\d:.,TWZtwz+ ]+\Z")
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
    for pattern, read in SHAPES:
        if found := pattern.match(text):
            return read(found)
    return _internet_message(text) or _by_feedparser(text)


def _iso(found: re.Match[str]) -> datetime.datetime:
    year, month, day = int(found[1]), int(found[2] or found[4]), int(found[5])
    hour, minute, second = (int(found[part] or 0) for part in (6, 7, 8))
    zone = (found[9] or "Z").upper()
    moment = datetime.datetime(year, month, day, tzinfo=UTC) + datetime.timedelta(
        hours=hour, minutes=minute, seconds=second
    )
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError(f"no such time: {found[0]}")
    return moment - _offset(zone)


def _east_asian(found: re.Match[str]) -> datetime.datetime:
    year, month, day, hour, minute, second = (int(found[part] or 0) for part in (1, 3, 4, 6, 7, 8))
    if found[5] in ("下午", "오후") and hour < 12:
        hour += 12
    is_korean = found[2] == "년" or found[5] in ("오전", "오후")
    moment = datetime.datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    return moment - datetime.timedelta(hours=9 if is_korean else 0)


def _german(found: re.Match[str]) -> datetime.datetime:
    day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime.datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def _slashed(found: re.Match[str]) -> datetime.datetime | None:
    one, other = int(found[1]), int(found[2])
    if one <= 12 and other <= 12 and one != other:
        return None
    day, month = (one, other) if one > 12 else (other, one)
    name = MONTHS[month - 1][1] if month <= 12 else "?"
    return _internet_message(f"{day} {name} {found[3]} {found[4] or '00:00'}")


def _other_iso(text: str) -> datetime.datetime | None:
    """The forms of ISO 8601 that few use: 20250120T120000Z, 2025-W04-1."""
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _offset(zone: str) -> datetime.timedelta:
    if zone in ("Z", "UTC", "GMT"):
        return datetime.timedelta(0)
    digits = zone[1:].replace(":", "").rjust(2, "0").ljust(4, "0")
    offset = datetime.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
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
    found = parsedate_tz(_plain_clock(text))
    if found is None:
        return None
    # mktime_tz would carry 30 February over into March.
    datetime.datetime(*found[:3], tzinfo=UTC)
    return datetime.datetime.fromtimestamp(mktime_tz((*found[:9], found[9] or 0)), UTC)


def _plain_clock(text: str) -> str:
    """The time of day as RFC 5322 writes it: 24 hours, no fractions, a numeric zone."""
    text = re.sub(r"(:\d\d)\.\d+", r"\1", text)
    text = HALF_DAY.sub(_to_24_hours, text)
    text = OFFSET.sub(lambda m: f" {m[1]}{int(m[2]):02}{m[3] or '00'}", text)
    zone = ZONE.search(text)
    if zone and zone[1] in ZONES:
        minutes = abs(ZONES[zone[1]])
        sign = "-" if ZONES[zone[1]] < 0 else "+"
        text = f"{text[: zone.start()]} {sign}{minutes // 60:02}{minutes % 60:02}"
    return text


def _to_24_hours(found: re.Match[str]) -> str:
    hour = int(found[1])
    if hour <= 12:
        hour = hour % 12 + (12 if found[4] in "Pp" else 0)
    return f"{hour:02}:{found[2]}{found[3] or ''}"


def _by_feedparser(text: str) -> datetime.datetime | None:
    """The rest: W3CDTF with weeks, basic ISO, Korean, Greek, Hungarian, Perforce."""
    if text[:4].isdigit() and not LIKE_ISO.match(text):
        return None
    found = feedparser_date(text)
    return datetime.datetime.fromtimestamp(calendar.timegm(found), UTC) if found else None


SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], datetime.datetime | None]], ...] = (
    (AMERICAN, _american),
    (EAST_ASIAN, _east_asian),
    (GERMAN, _german),
    (SLASHED, _slashed),
)
