"""Pages as checkers see them: axe-core in the browser, the Nu checker over the HTML."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page

from events.models import Event
from tests.browser.conftest import tool
from tests.browser.test_reading import page_types

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(page: Page, record: Event, scheme: str) -> None:
    source = tool("axe-core/axe.min.js").read_text()
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for url in page_types(record):
        page.goto(url)
        page.evaluate(source)  # through the debugger: the page's own policy forbids it
        found = page.evaluate(
            "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map("
            "v => [v.id, v.nodes.slice(0, 3).map(n => [n.html, n.failureSummary])]))"
        )
        assert found == [], f"{url}: {json.dumps(found, indent=1)}"


def test_nu_checker_finds_no_error(record: Event, client: Client, tmp_path: Path) -> None:
    java = shutil.which("java")
    jar = tool("vnu-jar/build/dist/vnu.jar")
    if java is None:
        pytest.skip("no Java here")
    files = {}
    for number, url in enumerate(page_types(record)):
        file = tmp_path / f"{number}.html"
        file.write_bytes(client.get(url, follow=True).content)
        files[f"{number}.html"] = url
    run = subprocess.run(
        [java, "-Xmx512m", "-jar", str(jar), "--no-langdetect", "--format", "json", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    messages = json.loads(run.stderr)["messages"]
    errors = [
        (files[Path(message["url"]).name], message["message"], message.get("extract"))
        for message in messages
        if message["type"] == "error"
    ]
    assert errors == []
