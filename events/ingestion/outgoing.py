"""The door as the settings want it: who we say we are, what is granted, how hosts are spared."""

from __future__ import annotations

from functools import cache

import redis
from django.conf import settings

from events.ingestion.fetch import Door, Limits
from events.ingestion.spacing import Spacing

# Longer waits give the worker back; the feed comes again when its host is free.
PATIENCE_SECONDS = 2.0


@cache
def _spacing() -> Spacing:
    broker = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5)
    return Spacing(broker, seconds=settings.HOST_SPACING, patience=PATIENCE_SECONDS)


def door() -> Door:
    return Door(
        user_agent=f"AIRaceTimeline/1.0 (+{settings.SITE_URL}; {settings.CONTACT})",
        allow=frozenset(settings.FETCH_ALLOW),
        limits=Limits(seconds=settings.FETCH_SECONDS),
        turn=_spacing(),
    )
