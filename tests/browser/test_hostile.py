"""Hostile texts in a real browser: no script of theirs runs, and nobody else is asked."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.timeline.conftest import MakeEvent
from tests.timeline.test_hostile import ALL, make_hostile

pytestmark = pytest.mark.browser


def test_a_browser_runs_none_of_the_payloads(
    page: Page, live_server: Any, make_event: MakeEvent
) -> None:
    """The fixture `page` fails on a failed script (nobody defines `fail`), on a violated policy and
    on any request to another host."""
    event = make_hostile(make_event, 0, ALL[::9])
    for url in ("/", "/?q=fail", event.get_absolute_url(), "/actors/a-0/", "/claims/", "/race/"):
        answer = page.goto(url)
        assert answer
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert (
            page.evaluate("document.querySelectorAll('[onerror], [onload], [style]').length") == 0
        )
        assert page.url.startswith(live_server.url)
    page.goto("/?q=%3Cimg+src%3Dx+onerror%3Dfail(1)%3E")
    assert page.locator("#q").input_value() == "<img src=x onerror=fail(1)>"
