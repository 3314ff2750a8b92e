"""Signs of life of the worker and of beat, kept in the broker, so that asking costs one read.

python -m config.heartbeat worker|beat      exit 0 if this host's worker, or beat, is alive
"""

import os
import socket
import sys
import time
from contextlib import suppress
from functools import cache

import redis
from django.conf import settings

KEY = "timeline:alive"
EVERY_SECONDS = 5
STALE_SECONDS = 20


@cache
def broker() -> redis.Redis:
    """A connection pool of its own, with time limits: a check must not hang."""
    return redis.Redis.from_url(
        settings.REDIS_URL, decode_responses=True, socket_timeout=2, socket_connect_timeout=2
    )


class Pulse:
    """Says at most every few seconds that `name` is alive; a lost beat is the reader's to see."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._last = float("-inf")

    def beat(self) -> None:
        if time.monotonic() - self._last < EVERY_SECONDS:
            return
        self._last = time.monotonic()
        with suppress(redis.RedisError):
            broker().hset(KEY, self.name, str(time.time()))

    def stop(self) -> None:
        with suppress(redis.RedisError):
            broker().hdel(KEY, self.name)


def alive() -> dict[str, float]:
    """Seconds since the last sign of life, for each process that gave one lately."""
    now = time.time()
    ages = {str(name): now - float(at) for name, at in broker().hgetall(KEY).items()}
    if gone := [name for name, age in ages.items() if age > 100 * STALE_SECONDS]:
        broker().hdel(KEY, *gone)
    return {name: age for name, age in ages.items() if age <= STALE_SECONDS}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    name = sys.argv[1]
    if name == "worker":
        name = f"worker:celery@{socket.gethostname()}"
    try:
        if name not in alive():
            sys.exit(f"{name} gave no sign of life for {STALE_SECONDS} s.")
    except redis.RedisError:
        sys.exit("The broker does not answer.")


if __name__ == "__main__":
    main()
