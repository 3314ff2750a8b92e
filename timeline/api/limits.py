"""How often one address may ask: a count per minute in the cache, said in headers."""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

WINDOW = 60
LIMIT_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


def count_request(request: HttpRequest) -> tuple[bool, dict[str, str]]:
    """Whether the request may pass, and the RateLimit headers of its answer.

    Without a cache everything passes: readers are served while Redis is down.
    """
    limit = settings.API_REQUESTS_PER_MINUTE
    now = int(time.time())
    reset = WINDOW - now % WINDOW
    key = f"api:{_client(request)}:{now // WINDOW}"
    try:
        cache.add(key, 0, WINDOW * 2)
        used = cache.incr(key)
    except (RedisError, ValueError):  # ValueError: the minute ended between the two calls
        return True, {}
    said = (limit, max(0, limit - used), reset)
    headers = dict(zip(LIMIT_HEADERS, map(str, said), strict=True))
    if used > limit:
        headers["Retry-After"] = str(reset)
    return used <= limit, headers


def _client(request: HttpRequest) -> str:
    """The address that nginx vouches for when it stands in front, else the peer's own."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.HTTPS else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
