"""When a feed fails or has gone silent, and in which words that is said."""

import datetime
from typing import Any

import pytest

from events.ingestion.health import Facts, judge, span, usual_gap

NOW = datetime.datetime(2025, 1, 27, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)

# Also used to check that the admin's filter finds the same feeds (tests/admin/test_feeds.py).
CASES = [
    pytest.param({"is_enabled": False, "failure_count": 9}, "off", "Switched off", id="off"),
    pytest.param({"last_polled_at": None}, "waiting", "first poll", id="never polled"),
    pytest.param({}, "well", "Read when it was last polled.", id="no dates to judge by"),
    pytest.param(
        {"failure_count": 1, "last_error": "no answer in time"},
        "well",
        "The last poll failed: no answer in time.",
        id="one failure happens",
    ),
    pytest.param(
        {"failure_count": 2, "last_error": "no answer"},
        "well",
        "The last 2 polls failed: no answer.",
        id="two failures happen",
    ),
    pytest.param(
        {"failure_count": 3, "last_error": "HTTP 404", "last_success_at": NOW - 12 * DAY},
        "failing",
        "3 polls in a row failed, last read 12 days ago: HTTP 404.",
        id="three in a row",
    ),
    pytest.param(
        {"failure_count": 30, "last_error": "not a feed", "last_success_at": None},
        "failing",
        "30 polls in a row failed, never read yet: not a feed.",
        id="never worked",
    ),
    pytest.param(
        {"newest_entry_at": NOW - 3 * DAY, "usual_gap": HOUR},
        "well",
        "Read",
        id="a long weekend",
    ),
    pytest.param(
        {"newest_entry_at": NOW - 5 * DAY, "usual_gap": HOUR},
        "silent",
        "Nothing new for 5 days; its entries used to come every 60 minutes.",
        id="hourly feed quiet for days",
    ),
    pytest.param(
        {"newest_entry_at": NOW - 70 * DAY, "usual_gap": 10 * DAY},
        "well",
        "Read",
        id="slow feed within its rhythm",
    ),
    pytest.param(
        {"newest_entry_at": NOW - 90 * DAY, "usual_gap": 10 * DAY},
        "silent",
        "Nothing new for 3 months; its entries used to come every 10 days.",
        id="slow feed beyond its rhythm",
    ),
    pytest.param(
        {"newest_entry_at": NOW - 90 * DAY, "usual_gap": HOUR, "failure_count": 5},
        "failing",
        "5 polls",
        id="failing explains silence",
    ),
]


@pytest.mark.parametrize(("facts", "state", "words"), CASES)
def test_a_feed_is_judged_against_its_own_rhythm(
    facts: dict[str, Any], state: str, words: str
) -> None:
    found = judge(Facts(**{"is_enabled": True, "last_polled_at": NOW - HOUR, **facts}), NOW)
    assert found.state == state
    assert words in found.reason


@pytest.mark.parametrize(
    ("days_ago", "gap"),
    [
        pytest.param([0, 1, 2, 3], DAY, id="daily"),
        pytest.param([0, 1, 2, 3, 400], DAY, id="one old entry does not make it slow"),
        pytest.param([3, 2, 1, 0], DAY, id="in any order"),
        pytest.param([0, 1, 2], None, id="too few to tell"),
        pytest.param([1, 1, 1, 1, 1], None, id="all dated alike tells nothing"),
        pytest.param([], None, id="no dates"),
    ],
)
def test_the_usual_gap_is_the_middle_one_of_the_newest_entries(
    days_ago: list[int], gap: datetime.timedelta | None
) -> None:
    assert usual_gap([NOW - day * DAY for day in days_ago]) == gap


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (datetime.timedelta(seconds=20), "less than a minute"),
        (datetime.timedelta(seconds=70), "1 minute"),
        (90 * datetime.timedelta(minutes=1), "90 minutes"),
        (5 * HOUR, "5 hours"),
        (12 * DAY, "12 days"),
        (100 * DAY, "3 months"),
        (800 * DAY, "2 years"),
    ],
)
def test_times_are_said_as_people_say_them(time: datetime.timedelta, words: str) -> None:
    assert span(time) == words
