"""The browser that browser tests use, and what it watches for."""

import pytest
from playwright.sync_api import Page


@pytest.mark.browser
def test_a_real_browser_reads_the_running_site(page: Page) -> None:
    response = page.goto("/livez")
    assert response
    assert response.status == 200
    assert page.inner_text("body").strip() == "ok"
