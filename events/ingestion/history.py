"""How long the history of polls is kept."""

from __future__ import annotations

import datetime

from events.models import FeedRun

KEPT = datetime.timedelta(days=30)
CHUNK = 10_000


def prune_runs(now: datetime.datetime) -> int:
    """Remove polls that ended before the last 30 days; returns how many.

    Oldest first by id, which is the order of time: so the whole history is never read, and a long
    backlog locks nothing for long.
    """
    removed = 0
    while True:
        oldest = FeedRun.objects.order_by("pk").values_list("pk", flat=True)[:CHUNK]
        number, _ = FeedRun.objects.filter(pk__in=list(oldest), started_at__lt=now - KEPT).delete()
        if not number:
            return removed
        removed += number
