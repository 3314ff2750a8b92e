"""The pages as they look, into docs/screenshots: `make screenshots`.

Takes them from a running site (`SCREENSHOT_SITE`, by default the one that `make run` started), so
that they show the record and not a test's.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import CHROMIUM, CHROMIUM_FLAGS

SITE = os.environ.get("SCREENSHOT_SITE", "http://localhost:8000")
FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
STATES = {
    "timeline": "/",
    "filtered": "/?category=export-control&region=CN",
    "search": "/?q=reasoning+model",
    "nothing-found": "/?q=depseek&category=chips",
    "month": "/?at=2025-01",
    "event": "/events/stargate-announced/",
    "actor": "/actors/deepseek/",
    "race": "/race/",
    "race-2025": "/race/?actor=deepseek,openai&from=2025&to=2025",
    "claims": "/claims/",
    "not-found": "/events/deepseek/2025-01",
    "chinese": "/zh-hans/",
}
SIZES = {360: 780, 1280: 900}


def main() -> int:
    executable = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if executable is None:
        print("No Chromium here (Debian: apt-get install chromium).", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        for width, height in SIZES.items():
            for scheme in ("light", "dark"):
                take(browser, width, height, scheme)
    return 0


def take(browser: Browser, width: int, height: int, scheme: str) -> None:
    context = browser.new_context(
        base_url=SITE,
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    for name, path in STATES.items():
        page.goto(path)
        file = FOLDER / f"{name}-{width}-{scheme}.png"
        page.screenshot(path=file)
        # Few colors, so a palette: a third of the size.
        with Image.open(file) as picture:
            smaller = picture.convert("RGB").quantize(96, Image.Quantize.MAXCOVERAGE)
        smaller.save(file, optimize=True)
    context.close()


if __name__ == "__main__":
    sys.exit(main())
