"""How long the history of polls is kept."""

from __future__ import annotations

import datetime

from events.models import FeedRun

KEPT = datetime.timedelta(days=30)
CHUNK = 10_000


def prune_runs(now: datetime.datetime) -> int:
    """Remove polls that ended before the last 30 days; returns how many. Chunk by chunk, so that
    a long backlog locks nothing for long."""
    removed = 0
    while True:
        old = FeedRun.objects.filter(started_at__lt=now - KEPT).order_by("started_at")
        number, _ = FeedRun.objects.filter(
            pk__in=list(old.values_list("pk", flat=True)[:CHUNK])
        ).delete()
        if not number:
            return removed
        removed += number
