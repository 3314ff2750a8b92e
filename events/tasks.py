"""Celery: ids in, one call."""

from __future__ import annotations

import datetime
from contextlib import suppress
from functools import partial

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from events.ingestion import care, claims, history, placing, regrouping, topic_rules, websub
from events.ingestion.outgoing import door
from events.ingestion.pipeline import ingest_feeds as ingest
from events.ingestion.sandbox import Sandbox
from events.ingestion.store_sources import unplaced_sources
from events.ingestion.types import HostBusy
from events.models import Edition, Source, User
from events.moderation.topics import follow_entries

# More than the workers can do between two ticks only makes claims wait in the queue.
CLAIMED_AT_ONCE = 400
# Feeds per message: enough to spare the broker, few enough to spread over workers and to end
# well within a claim although every one of them may use its whole deadline.
HANDFUL = 10
CARED_FOR_AT_ONCE = 20
SANDBOX = Sandbox()
TOLD = "websub:told"
# After a refusal the hub is left alone for this long.
HUB_PATIENCE_SECONDS = 60


@shared_task
def poll_feeds() -> None:
    """Claim what is due and have it polled. Beat calls this; calling it oftener is harmless."""
    with transaction.atomic():
        feed_ids, claimed = claims.claim_due(timezone.now(), CLAIMED_AT_ONCE)
        for start in range(0, len(feed_ids), HANDFUL):
            handful = feed_ids[start : start + HANDFUL]
            transaction.on_commit(partial(ingest_feeds.delay, handful, claimed.isoformat()))


@shared_task
def ingest_feeds(feed_ids: list[int], claimed: str) -> None:
    """Poll feeds under the claim they share. A message that comes twice polls nothing twice."""
    now = timezone.now()
    feeds = claims.take(feed_ids, datetime.datetime.fromisoformat(claimed), now)
    judges = topic_rules.Judges()
    results = ingest(
        feeds,
        fetch=door(),
        parse=SANDBOX.parse,
        now=timezone.now,
        judge=lambda feed: judges.of(feed.pk),
    )
    if new := [source_id for result in results for source_id in result.new_source_ids]:
        place_sources.delay(new)


@shared_task
def ingest_feed(feed_id: int) -> None:
    """Poll one feed now, due or not, unless a worker is at it."""
    if claimed := claims.claim(feed_id, timezone.now()):
        ingest_feeds([feed_id], claimed.isoformat())


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


@shared_task
def care_for_sources() -> None:
    """Hand out the cited pages to look at and to have archived; most ticks find none due."""
    now = timezone.now()
    for source_id in care.claim_link_checks(now, CARED_FOR_AT_ONCE):
        check_link.delay(source_id)
    if settings.ARCHIVE_SERVICE:
        for source_id in care.claim_archiving(now, CARED_FOR_AT_ONCE):
            archive_source.delay(source_id)


@shared_task(rate_limit="30/m")
def check_link(source_id: int) -> None:
    """Look whether a cited page still stands. A busy host is asked at the next tick."""
    with suppress(HostBusy):
        care.check_link(Source.objects.get(pk=source_id), fetch=door(), now=timezone.now())


@shared_task(rate_limit="4/m")
def archive_source(source_id: int) -> None:
    """Ask the archive for a copy, slowly: such services refuse more often than they answer."""
    with suppress(HostBusy):
        care.ask_archive(
            Source.objects.get(pk=source_id),
            service=settings.ARCHIVE_SERVICE,
            fetch=door(),
            now=timezone.now(),
        )


@shared_task
def apply_topic_rules(days: int, user_id: int) -> None:
    """Judge anew what was received in the last days; stories follow."""
    since = timezone.now() - datetime.timedelta(days=days)
    follow_entries(topic_rules.apply(since), by=User.objects.get(pk=user_id))


@shared_task
def prune_runs() -> None:
    """Forget polls of more than 30 days ago."""
    history.prune_runs(timezone.now())


@shared_task
def tell_hub() -> None:
    """Tell the WebSub hub of a new edition, once; what it does not take is told again later.

    What was told last is kept in the cache: were it lost, the hub would hear it twice.
    """
    edition = Edition.objects.get_or_create(pk=1)[0].number
    if not settings.WEBSUB_HUB or cache.get(TOLD) == edition:
        return
    if cache.add(f"{TOLD}:trying", edition, HUB_PATIENCE_SECONDS):  # one worker at a time
        websub.ping(door(), settings.WEBSUB_HUB, settings.SITE_URL)
        cache.set(TOLD, edition, None)
        cache.delete(f"{TOLD}:trying")
