"""Who may poll a feed now. A claim is the feed's `claimed_until`: whoever wrote it owns the poll.

A claim ends by itself, so that a killed worker leaves no feed stuck; and it is checked again where
the poll is stored, so that a worker that woke up too late stores nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import connection

from events.models import Feed

# Longer than the longest poll: the fetch's deadline, the parser's, and a slow database.
LEASE = datetime.timedelta(minutes=4)

CLAIM_DUE = """
UPDATE events_feed SET claimed_until = %(until)s, next_poll_at = %(until)s
WHERE id IN (
    SELECT id FROM events_feed
    WHERE is_enabled AND next_poll_at <= %(now)s
        AND (claimed_until IS NULL OR claimed_until < %(now)s)
    ORDER BY next_poll_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


def claim_due(now: datetime.datetime, limit: int) -> tuple[list[int], datetime.datetime]:
    """Claim what is due, longest waiting first. Returns the feeds' ids and the claim they share.

    The next poll is pushed behind the claim before any work: a poll that kills its worker is
    tried again later, not at once and for ever.
    """
    until = now + LEASE
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_DUE, {"now": now, "until": until, "limit": limit})
        return sorted(row[0] for row in cursor.fetchall()), until


def claim(feed_id: int, now: datetime.datetime) -> datetime.datetime | None:
    """Claim one feed whether it is due or not; None if another worker holds it."""
    until = now + LEASE
    free = Feed.objects.filter(pk=feed_id, claimed_until__isnull=True) | Feed.objects.filter(
        pk=feed_id, claimed_until__lt=now
    )
    return until if free.update(claimed_until=until) else None


def take(feed_ids: Sequence[int], claimed: datetime.datetime, now: datetime.datetime) -> list[Feed]:
    """Begin the polls that `claimed` was given for: nobody else can begin them a second time.

    Left out are those that were begun before (the message came twice) or have lapsed.
    """
    # Never the claim it was: that it changed is what tells a second message apart.
    until = max(now + LEASE, claimed + datetime.timedelta(microseconds=1))
    taken = Feed.objects.raw(
        "UPDATE events_feed SET claimed_until = %s WHERE id = ANY(%s) AND claimed_until = %s"
        " AND claimed_until >= %s RETURNING *",
        [until, list(feed_ids), claimed, now],
    )
    return list(taken)


def postpone(feed: Feed, until: datetime.datetime) -> None:
    """Give the claim back unused; the feed is due again at `until`."""
    Feed.objects.filter(pk=feed.pk, claimed_until=feed.claimed_until).update(
        claimed_until=None, next_poll_at=until
    )
