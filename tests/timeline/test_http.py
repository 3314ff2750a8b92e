"""Every public address answers every method, whatever is sent along, as HTTP has it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.http import http_date, parse_http_date
from pytest_django import Settings

from events.models import Event
from events.moderation.lifecycle import create_event, publish_event
from tests.moderation.making import make_draft, make_source
from tests.timeline.conftest import MakeEvent
from timeline.edition import release

pytestmark = pytest.mark.django_db
ADDRESSES = [
    "/", "/race/", "/claims/", "/actors/openai/", "/topics/h20/", "/about/", "/follow/", "/api/",
    "/log/", "/log/feed.atom", "/embed/", "/feeds/events.atom", "/feeds/changes.json",
    "/feeds/watched/", "/feeds/watched.opml", "/calendar/ahead.ics", "/sitemap.xml",
    "/sitemap-events.xml", "/robots.txt", "/.well-known/security.txt", "/data/events.jsonl",
    "/data/events.sqlite", "/data/schema.json", "/data/editions.json", "/api/v1/events",
    "/api/v1/openapi.json", "/zh-hans/feeds/events.rss",
]  # fmt: skip
# Neither has an edition: polls do not move it, nor do nightly files.
BY_TIME = {"/feeds/watched/", "/feeds/watched.opml", "/data/editions.json"}


def content(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


@pytest.fixture
def event(make_event: MakeEvent) -> Event:
    return make_event("one", actors=("OpenAI",), tags=["h20"], regions=["US"], category="chips")


def test_head_is_get_without_a_body(client: Client, event: Event) -> None:
    for path in (*ADDRESSES, event.get_absolute_url()):
        get, head = client.get(path), client.head(path)
        assert (get.status_code, head.status_code, content(head)) == (200, 200, b""), path
        for name in ("Content-Type", "ETag", "Cache-Control", "Vary"):
            assert head.headers.get(name) == get.headers.get(name), (path, name)


def test_options_and_other_methods_are_told_what_is_allowed(client: Client, event: Event) -> None:
    for path in (*ADDRESSES, event.get_absolute_url()):
        options = client.options(path)
        assert (options.status_code, content(options)) == (204, b""), path
        assert options.headers["Allow"] == "GET, HEAD, OPTIONS", path
        for method in ("POST", "PUT", "DELETE"):
            refused = client.generic(method, path)
            assert refused.status_code == 405, path
            assert refused.headers["Allow"] == "GET, HEAD, OPTIONS", path


def test_conditions_hold_and_garbage_is_no_condition(client: Client, event: Event) -> None:
    for path in (*ADDRESSES, event.get_absolute_url()):
        if path in BY_TIME:
            continue
        first = client.get(path)
        etag, later = first.headers["ETag"], http_date(time.time() + 1)
        if modified := first.headers.get("Last-Modified"):  # not within a second of a change
            assert parse_http_date(modified) <= time.time() - 1
        for garbage in ("][", "é"):
            again = client.get(path, headers={"If-None-Match": garbage})
            assert again.status_code == 200, (path, garbage)
        assert client.get(path, headers={"If-Modified-Since": "soon"}).status_code == 200, path
        for condition in ({"If-None-Match": etag}, {"If-Modified-Since": later}):
            unchanged = client.get(path, headers=condition)
            assert (unchanged.status_code, content(unchanged)) == (304, b""), path
            for name in ("ETag", "Vary", "Cache-Control"):
                assert unchanged.headers[name] == first.headers[name], (path, name)


def test_what_is_long_is_compressed_for_who_asks(client: Client, event: Event) -> None:
    for path in (*ADDRESSES, event.get_absolute_url()):
        plain = client.get(path)
        if len(content(plain)) < 400:
            continue
        packed = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip", path
        assert "Accept-Encoding" in plain.headers["Vary"], path


@pytest.mark.django_db(transaction=True)
def test_publishing_shows_in_page_feed_calendar_and_api_with_one_new_etag_each(
    client: Client, event: Event
) -> None:
    paths = ("/", "/feeds/events.atom", "/calendar/events.ics", "/api/v1/events")
    before = {path: client.get(path).headers["ETag"] for path in paths}
    draft = create_event(
        make_draft(
            title="Old but new here", date="2019-02-14", citations=((make_source().pk, "report"),)
        ),
        by=None,
    )
    assert {path: client.get(path).headers["ETag"] for path in paths} == before
    publish_event(draft, by=None)
    for path in paths:
        response = client.get(path, headers={"If-None-Match": before[path]})
        assert b"Old but new here" in response.content
        assert response.headers["ETag"] != before[path]
        assert client.get(path).headers["ETag"] == response.headers["ETag"]
    first = client.get("/api/v1/events").json()["results"][0]
    assert first["date"]["edtf"] == "2019-02-14"


@pytest.mark.parametrize(
    "name", ["timeline/cards.py", "templates/base.html", "locale/zh_Hans/LC_MESSAGES/django.mo"]
)
def test_pages_are_new_with_whatever_renders_them(
    name: str, tmp_path: Path, settings: Settings
) -> None:
    settings.BASE_DIR = tmp_path
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text("before")
    before = release.__wrapped__()
    path.write_text("after")
    assert release.__wrapped__() != before
