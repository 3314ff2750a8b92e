"""When a feed is asked again. Pure: what happened goes in, a moment comes out.

The base is the feed's own rhythm. The server may ask for less often, never for more; what it
asks for is capped, so that a typo of ten years costs two days. A failure doubles the wait up to
a day: no feed is ever given up.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from events.ingestion.types import CacheHints

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)

SHORTEST = 10 * MINUTE
LONGEST = 12 * HOUR
UNKNOWN = HOUR
FIRST_RETRY = 5 * MINUTE
LONGEST_RETRY = DAY
GONE = 7 * DAY
LONGEST_HINT = DAY
LONGEST_RETRY_AFTER = 2 * DAY
# A move is believed after this long; hijacked hotel networks redirect everything "permanently".
MOVE_AFTER = 3 * DAY
# Enough of the newest entries to show a rhythm, few enough to forget an old one.
RHYTHM_ENTRIES = 20
RHYTHM_DAYS = 30 * DAY


@dataclass(frozen=True, slots=True)
class Plan:
    interval: datetime.timedelta
    next_poll_at: datetime.datetime
    reason: str


def rhythm(published: Sequence[datetime.datetime], now: datetime.datetime) -> datetime.timedelta:
    """How often to look: half the mean gap between the feed's newest entries, bounded."""
    recent = sorted((at for at in published if now - RHYTHM_DAYS < at <= now), reverse=True)
    recent = recent[:RHYTHM_ENTRIES]
    if not recent:
        return LONGEST if published else UNKNOWN
    # The silence since the newest entry counts as a gap: a feed that stopped slows down.
    gap = (now - recent[-1]) / len(recent)
    return min(max(gap / 2, SHORTEST), LONGEST)


def rhythm_of_silence(
    interval: datetime.timedelta, newest: datetime.datetime | None, now: datetime.datetime
) -> datetime.timedelta:
    """What the rhythm becomes when a poll brings nothing: the silence counts, as in rhythm()."""
    if newest is None:
        return interval
    return max(interval, min((now - newest) / RHYTHM_ENTRIES / 2, LONGEST))


def after_success(
    interval: datetime.timedelta,
    hints: CacheHints,
    ttl: datetime.timedelta | None,
    *,
    now: datetime.datetime,
    spread: float,
) -> Plan:
    """`spread` (0 to 1) moves the poll up to a tenth later, so that feeds do not march in step."""
    wait, reason = interval, "its own rhythm"
    for asked, name in ((hints.max_age, "its cache headers"), (ttl, "its ttl")):
        if asked is not None and min(asked, LONGEST_HINT) > wait:
            wait, reason = min(asked, LONGEST_HINT), name
    if hints.retry_after is not None and min(hints.retry_after, LONGEST_RETRY_AFTER) > wait:
        wait, reason = min(hints.retry_after, LONGEST_RETRY_AFTER), "its Retry-After"
    return Plan(interval, now + wait * (1 + spread / 10), reason)


def after_failure(
    interval: datetime.timedelta,
    failure_count: int,
    kind: str,
    retry_after: datetime.timedelta | None,
    *,
    now: datetime.datetime,
    spread: float,
) -> Plan:
    """`failure_count` counts this failure: 1 for the first."""
    wait = min(FIRST_RETRY * 2 ** min(failure_count - 1, 10), LONGEST_RETRY)
    reason = f"failure {failure_count} in a row"
    if kind == "gone":
        wait, reason = GONE, "it says that it is gone"
    if retry_after is not None:
        asked = min(retry_after, LONGEST_RETRY_AFTER)
        if asked > wait:
            wait, reason = asked, "its Retry-After"
    return Plan(interval, now + wait * (1 + spread / 10), reason)


def has_moved(
    moved_to: str, seen_before: str, since: datetime.datetime | None, now: datetime.datetime
) -> bool:
    """Whether the same permanent redirect was seen for long enough to believe it."""
    return bool(
        moved_to and moved_to == seen_before and since is not None and now - since >= MOVE_AFTER
    )
