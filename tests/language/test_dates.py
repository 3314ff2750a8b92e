"""The day a text states."""

import datetime

import pytest

from events.language.dates import stated_day

PUBLISHED = datetime.date(2025, 1, 29)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        pytest.param("Shares fell on Monday", "2025-01-27", id="weekday"),
        pytest.param("Released on January 20, 2025", "2025-01-20", id="month day year"),
        pytest.param("Vorgestellt 27 January", "2025-01-27", id="day month without year"),
        pytest.param("深度求索1月20日发布", "2025-01-20", id="Chinese"),
        pytest.param("as of 2025-01-28", "2025-01-28", id="ISO"),
        pytest.param("The rule takes effect on May 15, 2025", None, id="a plan"),
        pytest.param("as it did on 30 November 2022", None, id="long ago"),
        pytest.param("on 31 February", None, id="no such day"),
        pytest.param("nothing stated", None, id="none"),
    ],
)
def test_a_stated_day_near_publication_is_found(text: str, day: str | None) -> None:
    expected = datetime.date.fromisoformat(day) if day else None
    assert stated_day([text], PUBLISHED) == expected


def test_most_texts_decide() -> None:
    texts = ["It fell on Monday", "Announced on January 20", "Shares fell late Monday"]
    assert stated_day(texts, PUBLISHED) == datetime.date(2025, 1, 27)
