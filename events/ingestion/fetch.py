"""The one door to the network: feeds, pages, link checks and pings all go through here.

No proxy, netrc or cookie of the environment is used. What may be connected to is decided in
`network`, how much is read in `decoding`; here are redirects, validators and what to make of an
answer.
"""

from __future__ import annotations

import datetime
import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urljoin

import httpcore2
import httpx2

from events.ingestion import network
from events.ingestion.answers import Headers, cache_hints, links, printable
from events.ingestion.decoding import ACCEPTED, read_limited
from events.ingestion.network import Deadline, GuardedBackend, allowed
from events.ingestion.types import FeedRequest, Fetched, FetchError, NotModified

__all__ = ["Door", "Limits", "allowed"]

PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}
ACCEPT_FEED = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.6, */*;q=0.5"
)
# What a moderator reads instead of a bare number.
COMPLAINTS = {
    401: "it wants a password",
    403: "it refuses us",
    404: "nothing is at this address",
    410: "this is gone for good",
    429: "we shall come less often",
    451: "this is withheld for legal reasons",
}
READABLE = frozenset({200, 202, 203})
# A name, an IPv4 address in any spelling, or an IPv6 address; no escapes, no zones.
NAME = re.compile(rb"[A-Za-z0-9_.-]+|[0-9a-fA-F:.]+")
Turn = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Limits:
    seconds: float = 30
    connect_seconds: float = 10
    raw_bytes: int = 10_000_000
    bytes: int = 20_000_000
    redirects: int = 5


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _no_turns(host: str) -> float:
    return 0


@lru_cache(maxsize=1)
def default_ssl_context() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=False)


@dataclass(frozen=True, slots=True)
class Door:
    """How this service goes out. `turn` waits until a host may be asked again (see spacing)."""

    user_agent: str
    allow: frozenset[str] = frozenset()
    limits: Limits = Limits()
    look_up: network.Resolve = network.resolve
    turn: Turn = _no_turns
    now: Callable[[], datetime.datetime] = _now
    ssl_context: ssl.SSLContext | None = None

    def __call__(self, request: FeedRequest) -> Fetched | NotModified:
        """Ask, follow redirects, read. Raises FetchError with a sentence for the moderator."""
        deadline = Deadline(self.limits.seconds)
        url, moved_to, is_permanent = request.url, "", True
        seen = [url]
        while True:
            address = readable_address(url)
            deadline.extend(self.turn(address.host))
            answer = self._ask(request, address, deadline, moved_to)
            if not isinstance(answer, _Redirect):
                return answer
            target = self._follow(url, answer, seen)
            is_permanent = is_permanent and answer.status in PERMANENT
            moved_to = target if is_permanent else moved_to
            url = target
            seen.append(url)

    def _follow(self, url: str, answer: _Redirect, seen: list[str]) -> str:
        target = urljoin(url, answer.location).partition("#")[0]
        if not answer.location:
            raise FetchError("a redirect to nowhere", kind="redirect", status=answer.status)
        if url.lower().startswith("https:") and target.lower().startswith("http:"):
            message = f"refused: redirect from https to plain http ({target[:200]})"
            raise FetchError(message, kind="redirect", status=answer.status)
        if target in seen:
            raise FetchError("redirects in a circle", kind="redirect", status=answer.status)
        if len(seen) > self.limits.redirects:
            message = f"more than {self.limits.redirects} redirects"
            raise FetchError(message, kind="redirect", status=answer.status)
        return target

    def _ask(
        self, request: FeedRequest, address: httpx2.URL, deadline: Deadline, moved_to: str
    ) -> Fetched | NotModified | _Redirect:
        backend = GuardedBackend(deadline, self.allow, self.look_up, self.limits.connect_seconds)
        url = httpcore2.URL(
            scheme=address.raw_scheme,
            host=address.raw_host,
            port=address.port,
            target=address.raw_path,
        )
        connection = httpcore2.HTTPConnection(
            url.origin,
            ssl_context=self.ssl_context or default_ssl_context(),
            network_backend=backend,
        )
        try:
            response = connection.handle_request(
                httpcore2.Request(
                    request.method,
                    url,
                    headers=self._headers(request, address),
                    content=request.body or None,
                )
            )
            return self._read(request, str(address), response, moved_to)
        except httpcore2.TimeoutException as error:
            raise FetchError("no answer in time", kind="timeout") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise FetchError(f"not a proper answer: {error}", kind="protocol") from error
        finally:
            with suppress(httpcore2.NetworkError, FetchError, OSError):
                connection.close()

    def _headers(self, request: FeedRequest, address: httpx2.URL) -> list[tuple[str, str]]:
        headers = [
            ("Host", address.netloc.decode("ascii")),
            ("User-Agent", self.user_agent),
            ("Accept", request.accept or ACCEPT_FEED),
            ("Accept-Encoding", ACCEPTED),
            ("Connection", "close"),
        ]
        if request.etag:
            headers.append(("If-None-Match", request.etag))
        if request.last_modified:
            headers.append(("If-Modified-Since", request.last_modified))
        if request.body:
            headers.append(("Content-Type", request.content_type))
            headers.append(("Content-Length", str(len(request.body))))
        return headers

    def _read(
        self, request: FeedRequest, url: str, response: httpcore2.Response, moved_to: str
    ) -> Fetched | NotModified | _Redirect:
        headers = Headers(response.headers)
        status = response.status
        if status in REDIRECTS:
            return _Redirect(status, headers.get("location"))
        hints = cache_hints(headers, self.now())
        if status == 304 and (request.etag or request.last_modified):
            return NotModified(
                url=url,
                etag=printable(headers.get("etag"), 500) or request.etag,
                last_modified=printable(headers.get("last-modified"), 100) or request.last_modified,
                moved_to=moved_to,
                hints=hints,
            )
        if status not in READABLE:
            raise FetchError(
                f"the server says that {_complaint(status)} (HTTP {status})",
                kind="gone" if status == 410 else "status",
                status=status,
                retry_after=hints.retry_after,
            )
        body, byte_count = read_limited(
            response.iter_stream(),
            headers.get("content-encoding"),
            raw_limit=self.limits.raw_bytes,
            limit=self.limits.bytes,
        )
        return Fetched(
            url=url,
            body=body,
            content_type=printable(headers.get("content-type"), 200),
            etag=printable(headers.get("etag"), 500),
            last_modified=printable(headers.get("last-modified"), 100),
            status=status,
            byte_count=byte_count,
            moved_to=moved_to,
            hints=hints,
            links=links(headers.get("link"), url),
        )

    def within(self, seconds: float) -> Door:
        """The same door with another time limit: link checks are not worth 30 seconds."""
        return replace(self, limits=replace(self.limits, seconds=seconds))


@dataclass(frozen=True, slots=True)
class _Redirect:
    status: int
    location: str


def _complaint(status: int) -> str:
    return COMPLAINTS.get(status, "it is in trouble" if status >= 500 else "it has no answer")


def readable_address(url: str) -> httpx2.URL:
    """The address to ask, or FetchError: only http(s), a host, no password in it."""
    try:
        address = httpx2.URL(url)
        address.raw_host.decode("ascii")
    except (httpx2.InvalidURL, UnicodeError, ValueError, TypeError) as error:
        raise FetchError(f"refused: malformed address ({error})", kind="refused") from error
    if address.scheme not in ("http", "https"):
        message = f"refused: {address.scheme or 'no'} is not http or https"
        raise FetchError(message, kind="refused")
    if not address.host:
        raise FetchError("refused: address without a host", kind="refused")
    if address.port is not None and not 0 < address.port < 65536:
        raise FetchError(f"refused: malformed address (port {address.port})", kind="refused")
    if not NAME.fullmatch(address.raw_host):
        raise FetchError("refused: malformed address (host name)", kind="refused")
    if address.userinfo:
        raise FetchError("refused: address with a user name", kind="refused")
    return address
