"""The pictures of docs/moderating.md, from a running site: `make desk-screenshots`.

Takes the steps that the page tells of as the first moderator, with what waits in the queue
(`make replay` fills it), and takes the publication back at the end.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM, CHROMIUM_FLAGS

ROOT = Path(__file__).parents[2]
SITE = os.environ.get("SCREENSHOT_SITE", "http://localhost:8000")
ACCOUNT = ROOT / ".local" / "moderator"
FOLDER = ROOT / "docs" / "images"


def main() -> int:
    executable = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if executable is None or not ACCOUNT.exists():
        print("Needs Chromium, and a site that `make run` started here.", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        state = walk(browser)
        on_a_phone(browser, state)
    return 0


def walk(browser: Browser) -> object:
    """Sign in, look, publish, edit twice at once; returns who is signed in."""
    page = opened(browser, 1280, 900)
    page.goto("/admin/")
    take(page, "sign-in")
    name, password = re.findall(r": (\S+)", ACCOUNT.read_text())[:2]
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.click("[type=submit]")
    page.locator(".desk-story h2").wait_for()
    take(page, "queue")
    page.keyboard.press("r")
    take(page, "reject")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.locator(".desk-undo").wait_for()
    take(page, "published")
    page.keyboard.press("u")
    page.get_by_text("Undone").first.wait_for()
    conflict(page)
    return page.context.storage_state()


def conflict(page: Page) -> None:
    """Two tabs with one event: the later save is asked."""
    page.goto("/admin/events/event/?status__exact=published")
    page.locator("#result_list a[href*='/change/']").first.click()
    page.locator("[name=title]").wait_for()
    other = page.context.new_page()
    other.goto(page.url)
    for tab, words in ((other, "as the other one says"), (page, "as we say")):
        tab.locator("[name=title]").fill(f"{tab.locator('[name=title]').input_value()}, {words}")
        tab.click("[name=_continue]")
    page.get_by_text("both changed it").wait_for()
    take(page, "conflict")
    other.locator(".desk-undo").click()
    other.get_by_text("Undone").first.wait_for()


def on_a_phone(browser: Browser, state: object) -> None:
    page = opened(browser, 360, 780, state)
    page.goto("/admin/")
    take(page, "queue-phone")


def opened(browser: Browser, width: int, height: int, state: object = None) -> Page:
    context = browser.new_context(
        base_url=SITE,
        viewport={"width": width, "height": height},
        storage_state=state,  # type: ignore[arg-type]
    )
    return context.new_page()


def take(page: Page, name: str) -> None:
    """Few colours, so a palette: a third of the size."""
    page.wait_for_load_state("networkidle")
    file = FOLDER / f"desk-{name}.png"
    page.screenshot(path=file)
    with Image.open(file) as picture:
        smaller = picture.convert("RGB").quantize(96)
    smaller.save(file, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
