"""Lighthouse on the running site, as a phone sees it: `make lighthouse`. Prints JSON lines.

Takes the site that `make run` started, or `LIGHTHOUSE_SITE`. Of `LIGHTHOUSE_RUNS` runs of a page
the median counts, because a busy machine costs performance that is not the page's.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.conftest import CHROMIUM

TOOLS = Path(__file__).parent / "node_modules"
SITE = os.environ.get("LIGHTHOUSE_SITE", "http://localhost:8000")
RUNS = int(os.environ.get("LIGHTHOUSE_RUNS", "3"))
PAGES = {"front": "/", "event": "/events/stargate-announced/", "race": "/race/"}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
ATTEMPTS = 3  # a busy machine may not start the browser in time
FLAGS = "--headless=new --no-sandbox --disable-gpu"


def main() -> int:
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    node = shutil.which("node")
    lighthouse = TOOLS / "lighthouse" / "cli" / "index.js"
    if not chromium or not node or not lighthouse.exists():
        print("Needs Chromium, Node and `make browser-tools`.", file=sys.stderr)
        return 1
    os.environ["CHROME_PATH"] = chromium
    for name, path in PAGES.items():
        report(name, [run([node, str(lighthouse), SITE + path]) for _ in range(RUNS)])
    return 0


def run(command: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        more = ["--quiet", f"--chrome-flags={FLAGS}", "--output=json", f"--output-path={out}"]
        for _ in range(ATTEMPTS):
            done = subprocess.run([*command, *more], check=False, capture_output=True, timeout=180)
            if done.returncode == 0:
                break
        else:
            raise RuntimeError(done.stderr.decode())
        result: dict[str, Any] = json.loads(out.read_text())
    return result


def report(page: str, results: list[dict[str, Any]]) -> None:
    for category in CATEGORIES:
        scores = [result["categories"][category]["score"] * 100 for result in results]
        tell(f"lighthouse.{page}.{category}", round(statistics.median(scores)), "points")
    audits = [result["audits"] for result in results]
    requests = [
        [r for r in audit["network-requests"]["details"]["items"] if r["url"].startswith("http")]
        for audit in audits
    ]
    sizes = [sum(request["transferSize"] for request in one) for one in requests]
    tell(f"first-view.{page}.transferred", round(statistics.median(sizes) / 1024, 1), "KiB")
    tell(f"first-view.{page}.requests", max(map(len, requests)), "requests")
    shifts = [audit["cumulative-layout-shift"]["numericValue"] for audit in audits]
    tell(f"first-view.{page}.layout-shift", max(shifts), "CLS")
    paints = [audit["largest-contentful-paint"]["numericValue"] for audit in audits]
    tell(f"first-view.{page}.largest-paint", round(statistics.median(paints)), "ms")


def tell(name: str, value: float, unit: str) -> None:
    print(json.dumps({"name": name, "value": value, "unit": unit, "peer": None}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
