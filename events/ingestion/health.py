"""How a feed is doing, in plain words. Pure: what is known of it goes in, a judgement comes out.

A feed is measured against itself: a laboratory that writes twice a year is not silent in July.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Literal

State = Literal["off", "waiting", "failing", "silent", "well"]

DAY = datetime.timedelta(days=1)
# One or two failed polls in a row happen to every server.
FAILING_AFTER = 3
# Silent is what has been quiet for this many of its usual gaps, and for some days at least.
SILENT_GAPS = 8
SILENT_AT_LEAST = 4 * DAY
# The newest entries tell the rhythm; fewer than these tell none.
NEWEST = 20
TELLING = 4


@dataclass(frozen=True, slots=True)
class Facts:
    """What a feed's row says. `newest_entry_at` is the newest date that its entries bear."""

    is_enabled: bool
    last_polled_at: datetime.datetime | None = None
    last_success_at: datetime.datetime | None = None
    failure_count: int = 0
    last_error: str = ""
    newest_entry_at: datetime.datetime | None = None
    usual_gap: datetime.timedelta | None = None


@dataclass(frozen=True, slots=True)
class Health:
    state: State
    reason: str


def usual_gap(dates: Sequence[datetime.datetime]) -> datetime.timedelta | None:
    """The usual time between two of the newest entries; None if they are too few to tell."""
    newest = sorted(set(dates), reverse=True)[:NEWEST]
    if len(newest) < TELLING:
        return None
    seconds = median((later - earlier).total_seconds() for later, earlier in pairwise(newest))
    return datetime.timedelta(seconds=seconds)


def silence_limit(gap: datetime.timedelta) -> datetime.timedelta:
    """How long a feed with this usual gap may be quiet before somebody should look."""
    return max(SILENT_GAPS * gap, SILENT_AT_LEAST)


def judge(facts: Facts, now: datetime.datetime) -> Health:
    if not facts.is_enabled:
        return Health("off", "Switched off: not polled.")
    if facts.last_polled_at is None:
        return Health("waiting", "Waits for its first poll.")
    if facts.failure_count >= FAILING_AFTER:
        return Health("failing", _failing(facts, now))
    if (reason := _silent(facts, now)) is not None:
        return Health("silent", reason)
    if facts.failure_count:
        times = "poll" if facts.failure_count == 1 else f"{facts.failure_count} polls"
        return Health("well", f"The last {times} failed: {facts.last_error}.")
    return Health("well", "Read when it was last polled.")


def _failing(facts: Facts, now: datetime.datetime) -> str:
    last = (
        f"last read {span(now - facts.last_success_at)} ago"
        if facts.last_success_at
        else "never read yet"
    )
    return f"{facts.failure_count} polls in a row failed, {last}: {facts.last_error}."


def _silent(facts: Facts, now: datetime.datetime) -> str | None:
    if facts.newest_entry_at is None or facts.usual_gap is None:
        return None
    quiet = now - facts.newest_entry_at
    if quiet <= silence_limit(facts.usual_gap):
        return None
    return (
        f"Nothing new for {span(quiet)}; its entries used to come "
        f"every {span(max(facts.usual_gap, datetime.timedelta(minutes=1)))}."
    )


def span(time: datetime.timedelta) -> str:
    """A time as one would say it: 40 minutes, 5 hours, 12 days, 7 months."""
    for size, name in (
        (365 * DAY, "year"),
        (30 * DAY, "month"),
        (DAY, "day"),
        (datetime.timedelta(hours=1), "hour"),
        (datetime.timedelta(minutes=1), "minute"),
    ):
        if time >= 2 * size or (name == "minute" and time >= size):
            number = round(time / size)
            return f"{number} {name}{'s' if number != 1 else ''}"
    return "less than a minute"
