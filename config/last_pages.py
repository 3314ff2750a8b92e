"""The pages that this web process served last, for the time when the database does not answer.

nginx does this for all replicas and for longer (deploy/nginx.conf); here it also holds for whoever
runs without it. Only what is public is kept: the same for every reader, and dated by its edition.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

MOST_PAGES = 100
LARGEST = 300_000  # bytes
# RFC 7234 section 5.5.1. Dropped from HTTP later, yet the one header that says it.
STALE = '110 - "Response is Stale"'

Key = tuple[str, ...]


@dataclass(frozen=True)
class _Kept:
    content: bytes
    headers: dict[str, str]


class LastPages:
    """Threads of one process share it."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Key, _Kept] = OrderedDict()
        # Which request headers the answers of an address differ by.
        self._varies: dict[str, Key] = {}
        self._lock = threading.Lock()

    def keep(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """Remember a public page, in place of the one that was not asked for the longest."""
        if (
            request.method != "GET"
            or response.status_code != 200
            or not isinstance(response, HttpResponse)
            or "public" not in response.headers.get("Cache-Control", "")
            or len(response.content) > LARGEST
        ):
            return
        address = _address(request)
        names = sorted(name.strip() for name in response.headers.get("Vary", "").split(","))
        with self._lock:
            self._varies[address] = tuple(name for name in names if name)
            key = self._key(request, address)
            self._pages[key] = _Kept(response.content, dict(response.headers))
            self._pages.move_to_end(key)
            while len(self._pages) > MOST_PAGES:
                oldest, _ = self._pages.popitem(last=False)
                if not any(kept[0] == oldest[0] for kept in self._pages):
                    del self._varies[oldest[0]]

    def recall(self, request: HttpRequest) -> HttpResponse | None:
        """The page as it was served last, saying that it may be out of date."""
        address = _address(request)
        with self._lock:
            kept = self._pages.get(self._key(request, address))
        if kept is None or request.method not in ("GET", "HEAD"):
            return None
        # Who holds a later page, such as nginx, had better show that one.
        held = _edition(request.headers.get("If-None-Match", ""))
        if held > _edition(kept.headers.get("ETag", "")):
            return None
        return HttpResponse(kept.content, headers={**kept.headers, "Warning": STALE})

    def _key(self, request: HttpRequest, address: str) -> Key:
        names = self._varies.get(address, ())
        return (address, *(request.headers.get(name, "") for name in names))


def _edition(etag: str) -> int:
    """The number that our ETags begin with (timeline/edition.py); 0 without one."""
    match = re.match(r'W/"(\d+)-', etag)
    return int(match[1]) if match else 0


def _address(request: HttpRequest) -> str:
    return request.build_absolute_uri()
