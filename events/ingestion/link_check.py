"""Whether a cited page still stands. Pure: an answer or a failure in, a verdict out.

A page that asks for money, or refuses robots, is not gone. A page that answers 200 and says
"not found" is. Nothing is called dead at the first failure.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from events.ingestion.types import Fetched, FetchError

PAYWALL = frozenset({401, 402})
BLOCKED = frozenset({403, 405, 406, 429, 451, 999})
GONE = frozenset({404, 410})
DEAD_AFTER = 3
FIRST_INTERVAL, LONGEST_INTERVAL = datetime.timedelta(days=1), datetime.timedelta(days=180)
RETRY = datetime.timedelta(days=1)
_TITLE = re.compile(rb"<title[^>]*>(.{0,300}?)</title>", re.IGNORECASE | re.DOTALL)
_NOT_FOUND = re.compile(
    r"\b404\b|not found|page (?:does not exist|is gone|no longer)"
    r"|nicht gefunden|introuvable|未找到",
    re.IGNORECASE,
)
_WALL = re.compile(rb'"isAccessibleForFree"\s*:\s*"?false', re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    """`state` is a Source.LinkState; `is_failure` counts towards being called dead."""

    state: str
    status: int | None
    is_failure: bool = False


def judge(asked: str, answer: Fetched | FetchError) -> Verdict:
    if isinstance(answer, FetchError):
        return _judge_failure(answer)
    if _is_soft_404(asked, answer):
        return Verdict("dead", answer.status, is_failure=True)
    if _WALL.search(answer.body):
        return Verdict("paywall", answer.status)
    return Verdict("moved" if answer.moved_to else "alive", answer.status)


def _judge_failure(error: FetchError) -> Verdict:
    if error.status in PAYWALL:
        return Verdict("paywall", error.status)
    if error.status in BLOCKED:
        return Verdict("blocked", error.status)
    return Verdict("dead", error.status, is_failure=True)


def _is_soft_404(asked: str, answer: Fetched) -> bool:
    """An article that leads to the front page, or whose title says that it is not there."""
    wanted, got = urlsplit(asked), urlsplit(answer.url)
    if len(wanted.path.strip("/")) > 1 and not got.path.strip("/") and not got.query:
        return True
    title = _TITLE.search(answer.body[:100_000])
    return bool(title and _NOT_FOUND.search(title[1].decode("utf-8", "replace")))


def next_check(
    previous: datetime.timedelta | None, verdict: Verdict, now: datetime.datetime
) -> datetime.datetime:
    """Twice as long each time that all is well; the next day while it fails."""
    if verdict.is_failure:
        return now + RETRY
    grown = FIRST_INTERVAL if previous is None else previous * 2
    return now + min(max(grown, FIRST_INTERVAL), LONGEST_INTERVAL)
