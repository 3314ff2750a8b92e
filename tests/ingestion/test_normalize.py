"""Markup to text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from events.ingestion.normalize import USUAL_LENGTH, plain_text

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
