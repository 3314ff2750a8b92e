"""Fixtures for all tests."""

import os
import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import override_settings
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# Chromium must neither sandbox itself (root in CI) nor talk to anybody by itself.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


pytest_plugins = ["tests.distribution"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let the suite, and nobody else, empty append-only tables between transactional tests.

    At the end whoever is still connected, such as a thread of the live server, is sent away: the
    database could not be dropped.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        name = connection.settings_dict["NAME"]
        cursor.execute(f"ALTER DATABASE \"{name}\" SET record.may_truncate = 'on'")
    connection.close()
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session", autouse=True)
def static_files_without_collecting() -> Iterator[None]:
    """Serve static files as they lie: hashed names would need collectstatic before each run."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**django_settings.STORAGES, "staticfiles": plain}):
        yield


@pytest.fixture(autouse=True)
def drafting_that_knows_this_record_only() -> None:
    from events.drafting.knowledge import forget  # noqa: PLC0415 - screenshots import us bare

    forget()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests; skips without one, unless BROWSER_REQUIRED is set."""
    executable = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if executable is None:
        absence = "no Chromium here (Debian: apt-get install chromium)"
        if os.environ.get("BROWSER_REQUIRED"):
            pytest.fail(absence)
        pytest.skip(absence)
    # Playwright keeps an event loop on this thread; Django would take ours for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A page on the live server (`page.goto("/")`).

    The test fails if a script fails, the Content-Security-Policy is violated or anything but our
    own server is asked for.
    """
    complaints: list[str] = []
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()

    def note_error(error: Error) -> None:
        # The browser's own word for a view transition left out because the reader was faster.
        if not error.message.startswith("Transition was"):
            complaints.append(f"script: {error}")

    page.on("pageerror", note_error)

    def note_violation(message: ConsoleMessage) -> None:
        if "Security Policy" in message.text:
            complaints.append(message.text)

    page.on("console", note_violation)
    own = urlsplit(live_server.url).netloc

    def note_third_party(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme.startswith("http") and address.netloc != own:
            complaints.append(f"third party: {request.url}")

    page.on("request", note_third_party)
    yield page
    context.close()
    assert complaints == []
