"""What the door makes of answers: honest, compressed, endless, dripping, circular."""

from __future__ import annotations

import datetime
import gzip
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import brotli
import pytest
import trustme
import zstandard

from events.ingestion.fetch import Door, Limits
from events.ingestion.types import FeedRequest, Fetched, FetchError, NotModified
from tests.ingestion.server import Server, serving

BODY = b"<rss version='2.0'/>" * 50
NOW = datetime.datetime(2025, 1, 27, 12, tzinfo=datetime.UTC)
QUICK = Limits(seconds=0.6, connect_seconds=0.5, raw_bytes=1_000_000, bytes=2_000_000)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def door(server: Server) -> Door:
    return Door(
        "Test/1 (+mailto:us@example.org)",
        allow=frozenset({server.address}),
        limits=QUICK,
        now=lambda: NOW,
    )


def failure(door: Door, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        door(FeedRequest(url))
    return caught.value


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


# Redirects


def test_redirects_are_followed_and_relative_ones_resolved(server: Server, door: Door) -> None:
    server.says("/b/feed", BODY)
    server.says("/b/a", status=302, Location="feed#top")
    answer = door(FeedRequest(server.says("/", status=302, Location="b/a")))
    assert isinstance(answer, Fetched)
    assert (answer.url, answer.moved_to) == (server.url("/b/feed"), "")


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ((301,), "/1"),
        ((308, 301), "/2"),
        ((301, 302), "/1"),
        ((302, 301), ""),
        ((307,), ""),
    ],
)
def test_a_feed_has_moved_as_far_as_redirects_are_permanent(
    server: Server, door: Door, statuses: tuple[int, ...], moved_to: str
) -> None:
    for position, status in enumerate(statuses):
        server.says(f"/{position}", status=status, Location=f"/{position + 1}")
    server.says(f"/{len(statuses)}", BODY)
    answer = door(FeedRequest(server.url("/0")))
    assert answer.moved_to == (server.url(moved_to) if moved_to else "")


def test_a_circle_of_redirects_is_noticed(server: Server, door: Door) -> None:
    server.says("/b", status=301, Location="/a")
    assert "circle" in str(failure(door, server.says("/a", status=301, Location="/b")))


def test_five_redirects_are_enough(server: Server, door: Door) -> None:
    for position in range(7):
        server.says(f"/{position}", BODY, status=302, Location=f"/{position + 1}")
    assert str(failure(door, server.url("/0"))) == "more than 5 redirects"
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/",
        "http://0x7f.1/",
        "//localhost/",
        "http://127.0.0.1:6379/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://user@127.0.0.1/",
    ],
)
def test_a_redirect_to_the_inside_is_refused(server: Server, door: Door, target: str) -> None:
    assert "refused" in str(failure(door, server.says("/", status=302, Location=target)))


def test_a_redirect_without_a_target_is_an_error(server: Server, door: Door) -> None:
    assert failure(door, server.says("/", status=302)).kind == "redirect"


# What servers ask for


@pytest.mark.parametrize(
    ("status", "kind"), [(404, "status"), (410, "gone"), (429, "status"), (500, "status")]
)
def test_an_error_status_is_told_in_words(
    server: Server, door: Door, status: int, kind: str
) -> None:
    error = failure(door, server.says("/", b"oops", status=status))
    assert (error.status, error.kind) == (status, kind)
    assert f"(HTTP {status})" in str(error)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("Mon, 27 Jan 2025 12:10:00 GMT", 600),
        ("Mon, 27 Jan 2025 11:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("999999999999999999999", 315_360_000),
    ],
)
def test_retry_after_is_read_in_both_forms(
    server: Server, door: Door, value: str, seconds: int | None
) -> None:
    error = failure(door, server.says("/", status=503, Retry_After=value))
    expected = None if seconds is None else datetime.timedelta(seconds=seconds)
    assert error.retry_after == expected


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache_Control": "max-age=3600"}, 3600),
        ({"Cache_Control": "public, max-age=3600", "Age": "600"}, 3000),
        ({"Cache_Control": "no-cache, max-age=3600"}, None),
        ({"Expires": "Mon, 27 Jan 2025 13:00:00 GMT"}, 3600),
        (
            {
                "Expires": "Mon, 20 Jan 2025 13:00:00 GMT",
                "Date": "Mon, 20 Jan 2025 12:30:00 GMT",
            },
            1800,
        ),
        ({"Expires": "0"}, None),
        ({}, None),
    ],
)
def test_freshness_is_read_as_a_cache_would(
    server: Server, door: Door, headers: dict[str, str], seconds: int | None
) -> None:
    answer = door(FeedRequest(server.says("/", BODY, status=200, **headers)))
    expected = None if seconds is None else datetime.timedelta(seconds=seconds)
    assert answer.hints.max_age == expected


# Certificates

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
        server.says("/", BODY)
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
