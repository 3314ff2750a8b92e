"""Markup to text, and dates to moments."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.ingestion.dates import read_date
from events.ingestion.normalize import USUAL_LENGTH, plain_text

NOW = datetime.datetime(2025, 1, 27, tzinfo=datetime.UTC)
PIECES = (
    *(
        "words ",
        "a < b",
        "1 > 0",
        "&amp;",
        "&lt;b&gt;",
        "&amp;lt;",
        "&nbsp;",
        "&unknown;",
        "☃",
        "\n",
    ),
    *("<p>", "</p>", "<br>", "<br/>", "<em>", "</em>", '<a href="/x?a=1&amp;b=2">', "</a>", "<P>"),
    *("<img alt='a > b'>", '<img alt="a < b">', "<a href=x>", "<a href='", "<script>x()</script>"),
    *(
        "<!-- no -->",
        "<style>p{}</style>",
        "<b/>",
        "<p",
        ">",
        "<",
        "<h2 class=x>",
        "<x-y>",
        "<bold>",
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_usual_markup_is_read_as_a_browser_would_read_it(markup: str) -> None:
    """Above USUAL_LENGTH the browser's parser always decides."""
    padding = " " * USUAL_LENGTH
    assert plain_text(markup + " ", 5000) == plain_text(markup + " " + padding, 5000)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Thu, 1 Jan 2004 19:48:21 +05:30", "2004-01-01 14:18"),
        ("Thu, 01 Jan 2004 19:48:21.000 GMT", "2004-01-01 19:48"),
        ("Thu, 01 Jan 2004 19:48:21 GMT+1", "2004-01-01 18:48"),
        ("Thu, 01 Jan 2004 07:48:21 PM", "2004-01-01 19:48"),
        ("Thu, 01 Jan 2004 19:48:21 CEST", "2004-01-01 17:48"),
        ("2003-12-31 10:14:55 UTC", "2003-12-31 10:14"),
        ("2003-12-31T10:14:55+8", "2003-12-31 02:14"),
        ("2003/12/31 10:14", "2003-12-31 10:14"),
        ("31.12.2003, 10:14", "2003-12-31 10:14"),
        ("12/31/2003 10:14 PM", "2003-12-31 22:14"),
        ("26-Jan-2004 16:31", "2004-01-26 16:31"),
        ("2004년 05월 28일  오후 01:31:15", "2004-05-28 04:31"),
        ("Пн, 26 янв 2004 16:31:00 +0300", "2004-01-26 13:31"),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, moment: str) -> None:
    found, flag = read_date(text, NOW)
    assert found is not None
    assert (found.strftime("%Y-%m-%d %H:%M"), flag) == (moment, "")


@pytest.mark.parametrize(
    "text", ["03/04/2005", "2003-02-29", "2003-12-31T25:00:00Z", "2004-július-13", "31 Jun 2004"]
)
def test_a_date_that_may_mean_two_days_or_none_is_not_guessed(text: str) -> None:
    assert read_date(text, NOW) == (None, "not understood")
