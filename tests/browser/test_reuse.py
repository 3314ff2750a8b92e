"""What a browser makes of our feeds and files: a person opens a feed, TimelineJS loads slides."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from events.models import Event
from tests.browser.conftest import tool

pytestmark = pytest.mark.browser
TIMELINEJS = "@knight-lab/timelinejs/dist"


@pytest.mark.parametrize("address", ["/feeds/events.atom", "/feeds/changes.rss", "/log/feed.atom"])
def test_a_person_who_opens_a_feed_sees_what_it_is(page: Page, record: Event, address: str) -> None:
    page.goto(address)
    said = page.evaluate("getComputedStyle(document.documentElement, '::before').content")
    assert "This is a feed" in said
    title = page.locator(":is(feed, channel) > title")
    assert title.evaluate("title => getComputedStyle(title).display") == "block"
    hidden = page.locator("id, guid, content, encoded")
    assert hidden.evaluate_all("all => all.filter(e => e.getClientRects().length).length") == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_timelinejs_loads_our_slides_and_shows_the_events(page: Page, record: Event) -> None:
    """With TimelineJS's own loader, served from its npm package beside our address."""
    script = tool(f"{TIMELINEJS}/js/timeline.js").parent
    html = """<!doctype html><link rel="stylesheet" href="/timelinejs/css/timeline.css">
        <div id="timeline" style="height: 600px"></div><script src="/timelinejs/js/timeline.js">
        </script><script>window.made = new Promise(done => {
          const options = {script_path: '/timelinejs/js', hash_bookmark: false, font: null};
          const timeline = new TL.Timeline('timeline', '/data/events.timeline.json', options);
          timeline.on('loaded', () => done(timeline)); });</script>"""

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path.removeprefix("/timelinejs/")
        if path == "page":
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        elif (script.parent / path).is_file():
            route.fulfill(path=script.parent / path)
        else:
            route.fulfill(status=404)

    page.route("**/timelinejs/**", serve)
    slides = json.loads(page.request.get("/data/events.timeline.json").body())["events"]
    page.goto("/timelinejs/page")
    shown = page.evaluate(
        "made.then(timeline => timeline.config.events.map(e => [e.unique_id, e.text.headline]))"
    )
    assert sorted(shown) == sorted([each["unique_id"], each["text"]["headline"]] for each in slides)
    assert len(shown) >= 2
    expect(page.locator(".tl-message-full")).to_have_count(0)
    expect(page.locator(".tl-timemarker")).to_have_count(len(slides))
    expect(page.get_by_role("heading", name="DeepSeek releases R1").first).to_be_attached()
