"""The desk in a real browser: by mouse, by keyboard alone, and two people at once."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from events.models import Event, User
from tests.browser.conftest import tool
from tests.moderation.making import make_event, make_story, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECONDS = 10


def signed_in(browser: Browser, address: str, user: User) -> Page:
    client = Client()
    client.force_login(user)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}
    context.add_cookies([cookie])  # type: ignore[list-item]
    return context.new_page()


def by_mouse(page: Page) -> None:
    page.get_by_role("button", name="Publish").first.click()


def by_keyboard(page: Page) -> None:
    page.keyboard.press("p")


@pytest.mark.parametrize("act", [by_mouse, by_keyboard])
def test_a_story_of_three_publishers_is_published_in_three_actions_and_ten_seconds(
    browser: Browser, live_server: object, act: Callable[[Page], None]
) -> None:
    make_story(1, title="A smaller story")
    make_story(3)
    page = signed_in(browser, str(live_server), make_user())
    began = time.monotonic()
    page.goto(f"{live_server}/admin/")  # action 1: open the queue; the story is chosen
    act(page)  # action 2: publish the draft
    page.get_by_text("Published").first.wait_for()
    assert time.monotonic() - began < SECONDS
    event = Event.objects.get()
    assert (event.status, event.citations.count()) == ("published", 3)
    assert page.goto(f"{live_server}{event.get_absolute_url()}").status == 200  # type: ignore[union-attr]
    page.context.close()


def test_the_queue_is_walked_and_rejected_by_keyboard_alone(
    browser: Browser, live_server: object
) -> None:
    first, second = make_story(3, title="First"), make_story(2, title="Second")
    page = signed_in(browser, str(live_server), make_user())
    page.goto(f"{live_server}/admin/")
    page.keyboard.press("j")
    page.wait_for_url(f"**story={second.pk}")
    page.keyboard.press("k")
    page.wait_for_url(f"**story={first.pk}")
    page.keyboard.press("?")
    assert page.locator("#desk-keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.press("1")  # "Not about the AI race"
    page.get_by_text("Rejected").first.wait_for()
    first.refresh_from_db()
    assert (first.state, first.reject_reason) == ("rejected", "off-topic")
    assert page.url.endswith(f"story={second.pk}")
    page.keyboard.press("u")
    page.get_by_text("Undone").first.wait_for()
    first.refresh_from_db()
    assert first.state == "open"
    page.context.close()


def test_two_people_edit_one_event_and_the_later_one_chooses(
    browser: Browser, live_server: object
) -> None:
    event = make_event()
    address = f"{live_server}/admin/events/event/{event.pk}/change/"
    first = signed_in(browser, str(live_server), make_user())
    second = signed_in(browser, str(live_server), make_user())
    first.goto(address)
    second.goto(address)
    first.fill("[name=title]", "The first title")
    first.click("[name=_save]")
    first.get_by_text("changed successfully").wait_for()
    second.fill("[name=title]", "The second title")
    second.fill("[name=summary]", "A summary of the second.")
    second.click("[name=_save]")
    second.get_by_text("both changed it").wait_for()
    assert "The first title" in second.content()
    second.get_by_label("The first title").check()
    second.get_by_role("button", name="Save what I chose").click()
    second.get_by_text("as you chose").wait_for()
    event.refresh_from_db()
    assert (event.title, event.summary) == ("The first title", "A summary of the second.")
    first.context.close()
    second.context.close()


def test_a_date_answers_while_it_is_typed_and_nothing_is_refused_by_the_policy(
    browser: Browser, live_server: object
) -> None:
    event = make_event()
    page = signed_in(browser, str(live_server), make_user())
    refused: list[str] = []
    page.on(
        "console",
        lambda message: (
            refused.append(message.text) if "Content Security" in message.text else None
        ),
    )
    page.goto(f"{live_server}/admin/events/event/{event.pk}/change/")
    page.fill("#id_date", "2024-12")
    page.get_by_text("December 2024, month known").wait_for()
    page.goto(f"{live_server}/admin/")
    assert refused == []
    page.context.close()


def test_on_a_phone_nothing_of_the_filter_or_of_a_list_is_cut_off(
    browser: Browser, live_server: object
) -> None:
    make_event(title="A title of so many words that three lines of a phone just about hold it all")
    page = signed_in(browser, str(live_server), make_user())
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server}/admin/")
    page.get_by_text("Filter", exact=True).click()
    panel = page.locator(".desk-more-filters .desk-panel").bounding_box()
    assert panel
    assert (panel["x"], panel["width"]) == (0, 360)
    assert panel["y"] + panel["height"] <= 740
    page.goto(f"{live_server}/admin/events/event/")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    cut = "cells => cells.filter(cell => cell.scrollHeight > cell.clientHeight + 1).length"
    assert page.eval_on_selector_all("#result_list tbody :is(th, td)", cut) == 0
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_at_the_desk(
    browser: Browser, live_server: object, scheme: str
) -> None:
    source = tool("axe-core/axe.min.js").read_text()
    make_story(3)
    event = make_event(title="OpenAI previews o3")
    page = signed_in(browser, str(live_server), make_user())
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    pages = ("", f"events/event/{event.pk}/change/", f"events/{event.pk}/revisions/")
    for path in (*pages, f"events/{event.pk}/merge/", "sources/add/?by_hand=1", "events/event/"):
        page.goto(f"{live_server}/admin/{path}")
        page.locator("[role=main]").wait_for()
        page.wait_for_function(
            "document.querySelector('.simplebar-content-wrapper[aria-label=Menu]')"
        )
        page.evaluate(source)
        found = page.evaluate(
            "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations"
            ".filter(v => v.impact !== 'minor').map(v => [v.id, v.nodes[0].html]))"
        )
        assert found == [], path
    page.context.close()
