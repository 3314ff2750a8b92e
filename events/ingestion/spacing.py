"""One request per host and interval, across all workers: the next free moment is kept in Redis."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from typing import Any

import redis

from events.ingestion.types import HostBusy

# Reserves the next free moment of the host and returns the milliseconds until then; reserves
# nothing when that is further away than the caller would wait. Redis' own clock serves all.
RESERVE = """
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local free = tonumber(redis.call('GET', KEYS[1]) or '0')
local wait = math.max(free - ms, 0)
if wait <= tonumber(ARGV[2]) then
    redis.call('SET', KEYS[1], ms + wait + ARGV[1], 'PX', math.ceil(wait + ARGV[1]) + 1000)
end
return wait
"""

# Requests do not leave on the tick: a slot is a fifth longer, so that none comes early.
SLOT = 1.2


class Spacing:
    """Call it with a host before asking that host; it returns the seconds that it slept."""

    def __init__(
        self,
        broker: redis.Redis,
        *,
        seconds: float,
        patience: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._reserve: Any = broker.register_script(RESERVE)
        self._seconds = seconds
        # A redirect on one host has to wait for its own first request.
        self._patience = max(patience, 2 * SLOT * seconds)
        self._sleep = sleep

    def __call__(self, host: str) -> float:
        """Raises HostBusy when the host's turn is too far away to wait for."""
        if self._seconds <= 0:
            return 0.0
        wait = (
            self._reserve(
                keys=[f"timeline:host:{host}"],
                args=[int(self._seconds * SLOT * 1000), int(self._patience * 1000)],
            )
            / 1000
        )
        if wait > self._patience:
            raise HostBusy(host, datetime.timedelta(seconds=wait))
        if wait:
            self._sleep(wait)
        return float(wait)
