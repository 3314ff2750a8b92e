"""What feed readers make of our feeds on a running server: each event once, whatever happens to it.

Needs newsboat, rss2email and `make check-readers`; skips what is not there, unless
READERS_REQUIRED is set.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from events.moderation.lifecycle import amend, retract_event
from events.moderation.merging import merge_events
from tests.timeline.conftest import MakeEvent
from tests.timeline.syndication.readers import READERS, FeedReader

pytestmark = pytest.mark.django_db(transaction=True)
ITEMS = 5


@pytest.mark.parametrize("kind", READERS, ids=lambda kind: kind.__name__.lower())
def test_a_reader_shows_each_event_once_through_all_that_happens_to_it(
    kind: type[FeedReader],
    live_server: Any,
    make_event: MakeEvent,
    settings: Settings,
    tmp_path: Path,
) -> None:
    if not kind.is_here():
        (pytest.fail if os.environ.get("READERS_REQUIRED") else pytest.skip)("not installed here")
    settings.SITE_URL = live_server.url
    with closing(kind(tmp_path)) as reader:
        _follow(reader, live_server.url, make_event, settings)


def _follow(reader: FeedReader, site: str, make_event: MakeEvent, settings: Settings) -> None:
    made = [make_event(f"event-{number}") for number in range(ITEMS)]
    urls = [f"{site}/feeds/events.{form}" for form in reader.forms]
    assert reader.poll(urls) == dict.fromkeys(urls, ITEMS)

    def move() -> None:
        settings.SITE_URL = "https://elsewhere.example"

    happenings: dict[str, Callable[[], object]] = {
        "renamed": lambda: amend(made[0], by=None, slug="another-address"),
        "retitled": lambda: amend(made[1], by=None, title="Another <b>title</b> & more"),
        "merged": lambda: merge_events(made[2], made[0], by=None, reason="the same"),
        "retracted": lambda: retract_event(made[3], by=None, reason="a hoax"),
        "moved to another domain and scheme": move,
    }
    for name, happen in happenings.items():
        happen()
        assert reader.poll(urls) == dict.fromkeys(urls, ITEMS), name
    make_event("old-but-new-here", date="2019-02-14")
    assert reader.poll(urls) == dict.fromkeys(urls, ITEMS + 1)
    assert any("Old but new here" in title for title in reader.titles())
