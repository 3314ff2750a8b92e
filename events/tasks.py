"""Celery: ids in, one call."""

from __future__ import annotations

import datetime
from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from events.ingestion import claims, placing, regrouping
from events.ingestion.outgoing import door
from events.ingestion.pipeline import ingest_feed as ingest
from events.ingestion.sandbox import Sandbox
from events.ingestion.store import ClaimLost
from events.ingestion.store_sources import unplaced_sources
from events.ingestion.types import HostBusy

# More than the workers can do between two ticks only makes claims wait in the queue.
CLAIMED_AT_ONCE = 200
SANDBOX = Sandbox()


@shared_task
def poll_feeds() -> None:
    """Claim what is due and have each polled. Beat calls this; calling it oftener is harmless."""
    with transaction.atomic():
        feed_ids, claimed = claims.claim_due(timezone.now(), CLAIMED_AT_ONCE)
        for feed_id in feed_ids:
            transaction.on_commit(partial(ingest_feed.delay, feed_id, claimed.isoformat()))


@shared_task
def ingest_feed(feed_id: int, claimed: str | None = None) -> None:
    """Poll one feed: under the claim it was enqueued with, or under one of its own ("poll now")."""
    now = timezone.now()
    until = datetime.datetime.fromisoformat(claimed) if claimed else claims.claim(feed_id, now)
    feed = until and claims.take(feed_id, until, now)
    if not feed:
        return  # polled by another worker, or the message came twice
    try:
        result = ingest(feed, fetch=door(), parse=SANDBOX.parse, now=timezone.now)
    except ClaimLost:
        return
    except HostBusy as busy:
        claims.postpone(feed, timezone.now() + busy.wait)
        return
    if result.new_source_ids:
        place_sources.delay(result.new_source_ids)


@shared_task
def place_sources(source_ids: list[int]) -> None:
    """Give new sources their place in stories."""
    placing.place_sources(source_ids)


@shared_task
def place_waiting() -> None:
    """Place what a worker stored and could not hand over, because it was killed in between."""
    if waiting := unplaced_sources(timezone.now()):
        placing.place_sources(waiting)


@shared_task
def regroup_stories() -> None:
    """Re-cluster the open stories, so that early guesses are put right."""
    regrouping.regroup_stories(timezone.now())
