"""The one exception to the rule that we fetch public addresses only: a replay's own server.

A grant names one loopback address and port, lives in the cache for half a minute, and is renewed
while the replay runs. It is honoured only where FETCH_GRANTS allows it (a checkout on its own
embedded services); what a deployment may fetch beside the public network stands in FETCH_ALLOW.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.cache import cache

KEY = "fetch-grant"
LIFETIME_SECONDS = 30
RENEW_SECONDS = 5


class GrantRefused(Exception):
    """The message says why, and what to do."""


def allowed_addresses() -> frozenset[str]:
    """Every host:port that may be fetched although it is not public."""
    return frozenset(settings.FETCH_ALLOW) | granted()


def granted() -> frozenset[str]:
    address = cache.get(KEY) if settings.FETCH_GRANTS else None
    return frozenset({address} if isinstance(address, str) and _is_loopback(address) else ())


@contextmanager
def grant(address: str) -> Iterator[None]:
    """Let workers fetch from `address` (127.0.0.1:PORT) while the block runs.

    Raises GrantRefused where the settings forbid it, and while another block runs.
    """
    if not settings.FETCH_GRANTS:
        raise GrantRefused(
            "Replays are for a checkout on its own services; here FETCH_GRANTS forbids them."
        )
    if not _is_loopback(address):
        raise GrantRefused(f"{address} is not a loopback address and port.")
    if not cache.add(KEY, address, LIFETIME_SECONDS):
        raise GrantRefused(
            f"Another replay is running; if it was killed, try again in {LIFETIME_SECONDS} seconds."
        )
    done = threading.Event()

    def renew() -> None:
        while not done.wait(RENEW_SECONDS):
            cache.set(KEY, address, LIFETIME_SECONDS)

    renewing = threading.Thread(target=renew, daemon=True)
    renewing.start()
    try:
        yield
    finally:
        done.set()
        renewing.join()
        cache.delete(KEY)


def _is_loopback(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        return ipaddress.ip_address(host).is_loopback and 1024 <= int(port) < 65536
    except ValueError:
        return False
