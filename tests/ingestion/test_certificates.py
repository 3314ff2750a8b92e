"""Whose certificates are believed, and that nothing leads from https to http."""

from __future__ import annotations

import ssl
from dataclasses import replace

import pytest
import trustme

from events.ingestion.fetch import Door
from events.ingestion.types import FeedRequest, Fetched
from tests.ingestion.conftest import QUICK, failure
from tests.ingestion.server import Server, serving

AUTHORITY = trustme.CA()


def _secure(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert(name).configure_cert(context)
    return context


def _secure_door(server: Server, *, trusted: bool = True) -> Door:
    context = ssl.create_default_context()
    if trusted:
        AUTHORITY.configure_trust(context)
    # The name is public to the door; only the socket goes to the test's server.
    return Door(
        "Test/1",
        allow=frozenset({f"feeds.example.org:{server.port}"}),
        limits=replace(QUICK, seconds=5),
        look_up=lambda host, port: ["127.0.0.1"],
        ssl_context=context,
    )


def test_the_certificate_is_checked_against_the_name_not_the_address() -> None:
    with serving(_secure("feeds.example.org")) as server:
        server.says("/", b"<rss/>")
        answer = _secure_door(server)(FeedRequest(f"https://feeds.example.org:{server.port}/"))
        assert isinstance(answer, Fetched)


@pytest.mark.parametrize(
    ("name", "trusted"), [("other.example.org", True), ("feeds.example.org", False)]
)
def test_a_certificate_of_another_name_or_authority_is_refused(name: str, trusted: bool) -> None:
    with serving(_secure(name)) as server:
        door = _secure_door(server, trusted=trusted)
        error = failure(door, f"https://feeds.example.org:{server.port}/")
        assert error.kind == "tls"
        assert "certificate refused" in str(error)


def test_a_redirect_from_https_to_http_is_refused() -> None:
    with serving(_secure("feeds.example.org")) as server:
        server.says("/", status=301, Location="http://feeds.example.org/")
        error = failure(_secure_door(server), f"https://feeds.example.org:{server.port}/")
        assert "https to plain http" in str(error)
