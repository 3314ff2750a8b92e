"""What the door makes of answers: honest, compressed, endless, dripping."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from collections.abc import Callable
from dataclasses import replace

import brotli
import pytest
import zstandard

from events.ingestion.fetch import Door
from events.ingestion.types import FeedRequest, Fetched, NotModified
from tests.ingestion.conftest import QUICK, failure
from tests.ingestion.server import Server

BODY = b"<rss version='2.0'/>" * 50


def test_every_request_waits_for_its_turn_also_that_after_a_redirect(server: Server) -> None:
    turns: list[str] = []

    def turn(host: str) -> float:
        turns.append(host)
        return 0

    end = server.says("/end", BODY)
    start = server.says("/", status=301, Location=end)
    Door("Test/1", allow=frozenset({server.address}), limits=QUICK, turn=turn)(FeedRequest(start))
    assert turns == ["127.0.0.1", "127.0.0.1"]


def test_a_request_says_who_asks_and_sends_the_validators(server: Server, door: Door) -> None:
    url = server.says("/", status=304)
    answer = door(FeedRequest(url, etag='"1"', last_modified="Mon, 20 Jan 2025 12:00:00 GMT"))
    assert isinstance(answer, NotModified)
    assert (answer.etag, answer.last_modified) == ('"1"', "Mon, 20 Jan 2025 12:00:00 GMT")
    head = server.requests[0]
    for line in (
        "User-Agent: Test/1 (+mailto:us@example.org)",
        'If-None-Match: "1"',
        "If-Modified-Since: Mon, 20 Jan 2025 12:00:00 GMT",
        "Accept-Encoding: gzip, deflate, br, zstd",
    ):
        assert line in head


def test_proxy_and_netrc_of_the_environment_are_not_used(
    server: Server, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert isinstance(door(FeedRequest(server.says("/", BODY))), Fetched)
    assert "Authorization" not in server.requests[0]


RAW_DEFLATE = zlib.compressobj(wbits=-15)
ENCODED = {
    "identity": BODY,
    "gzip": gzip.compress(BODY),
    "gzip in two members": gzip.compress(BODY[:300]) + gzip.compress(BODY[300:]),
    "gzip, then rubbish": gzip.compress(BODY) + b"rubbish",
    "deflate": zlib.compress(BODY),
    "deflate without its header": RAW_DEFLATE.compress(BODY) + RAW_DEFLATE.flush(),
    "br": brotli.compress(BODY),
    "zstd": zstandard.compress(BODY),
    "gzip, br": brotli.compress(gzip.compress(BODY)),
}


@pytest.mark.parametrize("name", ENCODED)
def test_every_coding_that_we_ask_for_is_undone(server: Server, door: Door, name: str) -> None:
    coding = "gzip, br" if name == "gzip, br" else name.split()[0].strip(",")
    url = server.says("/", ENCODED[name], Content_Encoding=coding)
    answer = door(FeedRequest(url))
    assert isinstance(answer, Fetched)
    assert answer.body == BODY
    assert answer.byte_count == len(ENCODED[name])


def _bomb(compress: Callable[[bytes], bytes]) -> bytes:
    return compress(bytes(40_000_000))


BOMBS = {
    "gzip": lambda: _bomb(gzip.compress),
    "deflate": lambda: _bomb(zlib.compress),
    "br": lambda: _bomb(lambda data: brotli.compress(data, quality=3)),
    "zstd": lambda: _bomb(zstandard.compress),
}


@pytest.mark.parametrize("coding", BOMBS)
def test_a_bomb_is_stopped_while_it_unpacks(server: Server, door: Door, coding: str) -> None:
    url = server.says("/", BOMBS[coding](), Content_Encoding=coding)
    error = failure(door, url)
    assert (error.kind, str(error)) == ("too-large", "larger than 2 MB once unpacked")


def test_a_bomb_in_a_bomb_is_stopped(server: Server, door: Door) -> None:
    url = server.says(
        "/", gzip.compress(gzip.compress(bytes(40_000_000))), Content_Encoding="gzip, gzip"
    )
    assert failure(door, url).kind == "too-large"


@pytest.mark.parametrize(
    ("coding", "body", "reason"),
    [
        ("gzip", b"no gzip at all", "broken compression"),
        ("br", b"\xff\xff\xff\xff", "broken compression"),
        ("zstd", b"nothing", "broken compression"),
        ("rot13", BODY, "unknown content coding"),
        ("gzip, gzip, gzip", BODY, "content codings"),
    ],
)
def test_a_coding_that_cannot_be_undone_is_named(
    server: Server, door: Door, coding: str, body: bytes, reason: str
) -> None:
    assert reason in str(failure(door, server.says("/", body, Content_Encoding=coding)))


HEAD = b"HTTP/1.1 200 X\r\nContent-Type: text/xml\r\n\r\n"


def _endless(connection: socket.socket) -> None:
    connection.sendall(HEAD)
    while True:
        connection.sendall(b"<item/>" * 10_000)


def _dripping(server: Server, start: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    def drip(connection: socket.socket) -> None:
        connection.sendall(start)
        while not server.done.wait(0.05):
            connection.sendall(drop)

    return drip


def _endless_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 X\r\n")
    while True:
        connection.sendall(b"X-Filler: " + b"x" * 10_000 + b"\r\n")


def test_an_endless_body_is_cut_at_the_limit(server: Server, door: Door) -> None:
    assert str(failure(door, server.does("/", _endless))) == "larger than 1 MB"


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        pytest.param(HEAD, b"x", id="body"),
        pytest.param(b"HTTP/1.1 200 X\r\n", b"X: y\r\n", id="headers"),
        pytest.param(b"", b"", id="silence"),
        pytest.param(
            HEAD.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n"),
            b"1\r\nx\r\n",
            id="chunks",
        ),
    ],
)
def test_dripping_ends_with_the_deadline(
    server: Server, door: Door, start: bytes, drop: bytes
) -> None:
    began = time.monotonic()
    error = failure(door, server.does("/", _dripping(server, start, drop)))
    assert error.kind == "timeout"
    assert time.monotonic() - began < 2 * QUICK.seconds


def test_endless_headers_are_cut(server: Server, door: Door) -> None:
    assert failure(door, server.does("/", _endless_headers)).kind in ("protocol", "timeout")


def test_a_lookup_that_hangs_ends_with_the_deadline(server: Server, door: Door) -> None:
    def hang(host: str, port: int) -> list[str]:
        server.done.wait(5)
        return []

    assert failure(replace(door, look_up=hang), "http://slow.example.org/").kind == "timeout"


def test_a_body_that_ends_too_early_is_no_answer(server: Server, door: Door) -> None:
    server.answers["/"] = b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nshort"
    assert failure(door, server.url("/")).kind == "protocol"


def test_what_is_not_http_is_no_answer(server: Server, door: Door) -> None:
    server.answers["/"] = b"SSH-2.0-OpenSSH_9.9\r\n"
    assert failure(door, server.url("/")).kind == "protocol"
