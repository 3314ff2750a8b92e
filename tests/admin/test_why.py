"""What the queue says of why a source stands in a story."""

from typing import Any

import pytest

from events.admin.queue_page import why
from events.models import StoryMembership


@pytest.mark.parametrize(
    ("signals", "said"),
    [
        ({"first": True}, "began the story"),
        (
            {"because": ["DeepSeek", "App Store", "27 January"]},
            "same story because: DeepSeek, App Store, 27 January; 0.83",
        ),
        (
            {"because": ["DeepSeek", "R1"], "weaker": "different languages"},
            "same story because: DeepSeek, R1; 0.83; weaker: different languages",
        ),
        ({"because": []}, "same story because: the texts are alike; 0.83"),
        ({"copy of": 12, "contained": 0.9, "titles": 1.0}, "a copy of source 12"),
    ],
)
def test_the_queue_says_why_in_words(signals: dict[str, Any], said: str) -> None:
    assert why(StoryMembership(score=0.8349, signals=signals)) == said


def test_what_a_person_put_there_needs_no_other_reason() -> None:
    assert why(StoryMembership(score=1, is_confirmed=True)) == "put here by a person"
