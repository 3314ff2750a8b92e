"""The door as the settings want it: who we say we are, what is granted, how hosts are spared."""

from __future__ import annotations

from functools import cache

import redis
from django.conf import settings

from events.ingestion.fetch import Door, Limits, Turn
from events.ingestion.grants import allowed_addresses, granted
from events.ingestion.spacing import Spacing

# Longer waits give the worker back; the feed comes again when its host is free.
PATIENCE_SECONDS = 2.0


@cache
def _spacing() -> Spacing:
    broker = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5)
    return Spacing(broker, seconds=settings.HOST_SPACING, patience=PATIENCE_SECONDS)


def _turn() -> Turn:
    """Hosts are spared, all but a replay's: that is ourselves."""
    spacing = _spacing()
    ours = {address.rpartition(":")[0] for address in granted()}
    return lambda host: 0.0 if host in ours else spacing(host)


def door() -> Door:
    return Door(
        user_agent=f"AIRaceTimeline/1.0 (+{settings.SITE_URL}; {settings.CONTACT})",
        allow=allowed_addresses(),
        limits=Limits(seconds=settings.FETCH_SECONDS),
        turn=_turn(),
    )
