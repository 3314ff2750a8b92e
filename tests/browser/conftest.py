"""What browser tests read: a small record with everything that a page can show."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from events.models import Event, EventDate, Relation
from events.moderation.step import step
from tests.timeline.conftest import MakeEvent, make_event

__all__ = ["make_event"]  # a fixture for the tests of this folder too

TOOLS = Path(__file__).parent / "node_modules"
COUNT = 47  # one page and a little more


@pytest.fixture
def record(make_event: MakeEvent, live_server: object) -> Event:
    """Fills the record and returns its most complete event."""
    r1 = make_event(
        "deepseek-releases-r1",
        title="DeepSeek releases R1",
        summary="An *open* reasoning model.",
        importance=3,
        actors=("DeepSeek",),
        regions=["CN"],
        tags=["reasoning"],
        publishers=("DeepSeek", "Example Press"),
        claims=("supported", "disputed", "refuted", "unverified"),
    )
    o1 = make_event(
        "o1-preview", date="2024-09-12", actors=("OpenAI",), regions=["US"], importance=2
    )
    make_event("hoax", status="retracted", status_reason="It did not happen.")
    with step(by=None, reason="for a test"):
        Relation.objects.create(from_event=r1, to_event=o1, kind="responds-to")
        EventDate.objects.create(event=r1, kind="effective", date="2099-01", note="far ahead")
    for number in range(COUNT - 2):
        make_event(
            f"rule-{number}",
            date=f"2024-{number % 8 + 1:02}-{number % 28 + 1:02}",
            category="policy",
            regions=["US" if number % 2 else "EU"],
            actors=("White House",),
        )
    return r1


def tool(path: str) -> Path:
    """A file of the npm tools; skips without them, unless BROWSER_REQUIRED is set."""
    file = TOOLS / path
    if not file.exists():
        absence = "the npm tools are not installed (make browser-tools)"
        if os.environ.get("BROWSER_REQUIRED"):
            pytest.fail(absence)
        pytest.skip(absence)
    return file


def titles(page: Page) -> list[str]:
    return page.locator(".event h3 a").all_inner_texts()
