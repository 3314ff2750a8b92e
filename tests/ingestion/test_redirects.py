"""Redirects: how far they are followed, where to, and what they say of a feed's address."""

from __future__ import annotations

import pytest

from events.ingestion.fetch import Door
from events.ingestion.types import FeedRequest, Fetched
from tests.ingestion.conftest import failure
from tests.ingestion.server import Server

BODY = b"<rss version='2.0'/>"


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
