"""What servers ask for in the head of an answer: to come back later, or not at all."""

from __future__ import annotations

import datetime

import pytest

from events.ingestion.fetch import Door
from events.ingestion.types import FeedRequest
from tests.ingestion.conftest import failure
from tests.ingestion.server import Server


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
    answer = door(FeedRequest(server.says("/", b"<rss/>", status=200, **headers)))
    expected = None if seconds is None else datetime.timedelta(seconds=seconds)
    assert answer.hints.max_age == expected
