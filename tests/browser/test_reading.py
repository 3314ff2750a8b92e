"""Reading in a real browser: with and without scripts, by keyboard, narrow, dark, printed."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page, Response, expect

from events.models import Edition, Event
from tests.browser.conftest import COUNT, titles
from tests.timeline.conftest import MakeEvent
from timeline.listing import SIZE

pytestmark = pytest.mark.browser


@pytest.fixture
def plain_page(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A browser that runs no scripts."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


@contextmanager
def settled(page: Page) -> Iterator[None]:
    """Wait until what the block started has been swapped in."""
    page.evaluate(
        "() => { window.settled = new Promise("
        "done => document.addEventListener('htmx:afterSettle', done, {once: true})) }"
    )
    yield
    page.evaluate("() => window.settled.then(() => null)")


def choose(page: Page, *ids: str) -> None:
    for one in ids:
        page.locator(f"#{one}").check()


@pytest.mark.parametrize(
    "ids",
    [("f-category-policy",), ("f-category-policy", "f-region-US"), ("f-region-CN", "f-region-EU")],
)
def test_filters_give_the_same_with_and_without_scripts(
    page: Page, plain_page: Page, record: Event, ids: tuple[str, ...]
) -> None:
    page.goto("/")
    for one in ids:
        with settled(page):
            choose(page, one)
    plain_page.goto("/")
    choose(plain_page, *ids)
    plain_page.locator(".search button").click()
    assert titles(page) == titles(plain_page) != []
    assert page.url.partition("?")[2] == plain_page.url.partition("?")[2] != ""


def test_focus_stays_on_the_chosen_box_and_the_count_is_announced(
    page: Page, record: Event
) -> None:
    page.goto("/")
    page.locator("#f-category-policy").focus()
    with settled(page):
        page.keyboard.press("Space")
    expect(page.locator("#announce")).to_have_text(f"{COUNT - 2} events")
    assert page.evaluate("document.activeElement.id") == "f-category-policy"


def test_back_forward_reload_and_new_tab_show_the_state_of_the_address(
    page: Page, record: Event
) -> None:
    page.goto("/")
    whole = titles(page)
    with settled(page):
        choose(page, "f-category-policy")
    assert page.url.endswith("/?category=policy")
    policy = titles(page)
    page.locator("#q").fill("rule 7")
    with settled(page):
        page.locator("#q").press("Enter")
    assert page.url.endswith("/?q=rule+7&category=policy")
    searched = titles(page)
    assert len(searched) < len(policy)
    for move, expected in (
        (page.go_back, policy),
        (page.go_back, whole),
        (page.go_forward, policy),
    ):
        move()
        page.wait_for_load_state("load")
        expect(page.locator(".event h3 a")).to_have_text(expected)
        assert page.locator("header.masthead").count() == 1
    page.reload()
    assert titles(page) == policy
    tab = page.context.new_page()
    tab.goto(page.url)
    assert titles(tab) == policy


def test_older_events_join_the_list_and_their_address_holds_them_all(
    page: Page, record: Event
) -> None:
    page.goto("/")
    assert len(titles(page)) == SIZE
    page.locator(".older a").click()
    expect(page.locator(".event")).to_have_count(COUNT)
    page.wait_for_url(f"**/?show={SIZE * 2}")
    shown = titles(page)
    page.locator(".event h3 a").last.click()
    page.wait_for_url("**/events/**")
    page.go_back()
    expect(page.locator(".event h3 a")).to_have_text(shown)


def test_without_scripts_older_events_are_a_page(plain_page: Page, record: Event) -> None:
    plain_page.goto("/")
    first = titles(plain_page)
    plain_page.locator(".older a").click()
    assert len({*first, *titles(plain_page)}) == COUNT
    plain_page.locator(".newer a").first.click()
    assert titles(plain_page) == first


def test_keyboard_alone_leads_from_landing_to_a_source(page: Page, record: Event) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    press_tab_until(page, "Skip the chart")
    page.keyboard.press("Enter")
    press_tab_until(page, "DeepSeek releases R1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/deepseek-releases-r1/")
    press_tab_until(page, "Report on deepseek-releases-r1-0")
    assert page.evaluate("document.activeElement.href").startswith("https://example.org/")


def press_tab_until(page: Page, text: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == text:
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
            assert outline == "2px", "focus is visible"
            return
    raise AssertionError(f"“{text}” is not reached by Tab")


def page_types(event: Event) -> list[str]:
    return [
        "/",
        "/?category=policy&q=rule",
        "/?q=nothingatall&category=chips",
        event.get_absolute_url(),
        f"{event.get_absolute_url()}history/",
        "/actors/",
        "/actors/deepseek/",
        "/topics/reasoning/",
        "/regions/CN/",
        "/race/",
        "/claims/",
        "/about/",
        "/follow/?category=policy",
        "/api/",
        "/embed/",
        "/zh-hans/",
        "/events/hoax/",
        "/nothing/here",
        "/?sort=changed",
        "/?category=nonsense&at=2024-03",
        "/follow/?category=policy",
        "/log/",
        "/feeds/watched/",
        f"/suggest/?event={event.public_id}",
        f"/zh-hans{event.get_absolute_url()}",
        "/zh-hans/race/",
        "/zh-hans/suggest/",
    ]


@pytest.mark.parametrize(
    ("width", "height"), [(320, 640), (320, 256), (2560, 1440)], ids=["320 px", "400 %", "2560 px"]
)
def test_no_page_scrolls_sideways(
    page: Page, record: Event, make_event: MakeEvent, width: int, height: int
) -> None:
    hostile = make_event(
        "hostile",
        title="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
        * 3,
        summary="e" + "\u0301" * 500 + " " + "x" * 800,
        actors=("A" * 110,),
        date="2025-02-01",
    )
    page.set_viewport_size({"width": width, "height": height})
    for url in [*page_types(record), hostile.get_absolute_url()]:
        page.goto(url)
        scroll = page.evaluate("document.documentElement.scrollWidth")
        assert scroll <= width, f"{url} is {scroll} wide"


def test_wide_pages_keep_the_order_search_chips_rail_record(page: Page, record: Event) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/?q=rule&category=policy")
    parts = (".lead", ".search", ".chips", ".rail", ".record")
    boxes = [page.locator(part).first.bounding_box() for part in parts]
    tops = [box["y"] for box in boxes if box]
    assert tops == sorted(tops)
    assert len(tops) == len(parts)
    sheet = page.locator(".sheet").bounding_box()
    assert sheet
    assert sheet["x"] > 900, "filters stand at the right of the record"


def test_hostile_titles_stay_in_their_card(
    page: Page, record: Event, make_event: MakeEvent
) -> None:
    make_event("hostile", title="\u202e<script>fail()</script>" + "Z͑ͫ̓ͪ̂ͫ̽" * 25, date="2025-02-01")
    page.goto("/")
    boxes = page.locator(".event").evaluate_all(
        "all => all.slice(0, 2).map(e => e.getBoundingClientRect()).map(b => [b.top, b.bottom])"
    )
    assert boxes[0][1] <= boxes[1][0]
    assert "<script>fail()</script>" in titles(page)[0]


def test_dark_is_dark_and_print_has_no_controls_but_addresses(page: Page, record: Event) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(record.get_absolute_url())
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 19, 22)"
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    printed = page.evaluate(
        "getComputedStyle(document.querySelector('.sources li a'), '::after').content"
    )
    assert "https://example.org/deepseek-releases-r1-0" in printed or "attr(href)" in printed


def test_chinese_interface_keeps_its_language_along_links(page: Page, record: Event) -> None:
    page.goto("/zh-hans/")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    expect(page.locator("h1")).to_have_text("人工智能竞赛，逐事记录")
    page.locator(".event h3 a").first.click()
    page.wait_for_url("**/zh-hans/events/**")
    expect(page.locator(".dateline time")).to_have_text("2025年1月20日")
    page.get_by_role("link", name="English").click()
    expect(page.locator(".dateline time")).to_have_text("20 January 2025")


def test_new_events_are_announced_without_moving_anything(
    page: Page, record: Event, make_event: MakeEvent
) -> None:
    page.goto("/?category=policy")
    before = page.locator(".event").first.bounding_box()
    Edition.objects.update(xact="")
    make_event("brand-new", category="policy")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#live")).to_have_text("1 new event")
    assert page.locator(".event").first.bounding_box() == before
    page.locator("#live a").click()
    expect(page.locator(".event h3 a").first).to_have_text("Brand new")


@pytest.mark.django_db(transaction=True)
def test_first_view_of_the_whole_record_is_light_and_still(page: Page, live_server: Any) -> None:
    """At most 60 KB compressed in at most five requests, and nothing moves."""
    call_command("import_record", verbosity=0)
    page.set_viewport_size({"width": 390, "height": 844})
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/", wait_until="networkidle")
    sizes = {
        re.sub(r"^https?://[^/]+", "", answer.url): len(gzip.compress(answer.body(), 6))
        for answer in answers
    }
    assert len(sizes) <= 5, sizes
    assert sum(sizes.values()) <= 60_000, sizes
    shift = page.evaluate(
        """() => new Promise(done => {
            let sum = 0;
            new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))
                .observe({type: 'layout-shift', buffered: true});
            requestAnimationFrame(() => setTimeout(() => done(sum), 200));
        })"""
    )
    assert shift == 0
