"""Feeds: what stands in them, in what order, under which ids, and what a poll costs."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from events.models import Claim, Decision, Event, EventDate
from events.moderation.step import decide, step
from tests.timeline.conftest import MakeEvent

pytestmark = pytest.mark.django_db
FORMS = ("atom", "rss", "json")


def read(response: Any) -> Any:
    """What a feed reader gets."""
    assert response.status_code == 200
    parsed = feedparser.parse(response.content)
    assert not parsed.bozo, parsed.bozo_exception
    return parsed


def ids(client: Client, form: str, query: str = "") -> list[str]:
    response = client.get(f"/feeds/events.{form}{query}")
    if form == "json":
        return [item["id"] for item in json.loads(response.content)["items"]]
    return [entry.id for entry in read(response).entries]


@pytest.mark.parametrize("form", FORMS)
def test_old_event_published_today_is_the_first_item(
    client: Client, make_event: MakeEvent, form: str
) -> None:
    new = make_event("new", date="2025-01-20")
    old = make_event("old", date="2019-02-14")
    assert ids(client, form) == [
        f"tag:airace.example,2026:event/{event.public_id}" for event in (old, new)
    ]


@pytest.mark.parametrize("form", FORMS)
def test_an_item_keeps_its_id_through_rename_retitle_and_move(
    client: Client, make_event: MakeEvent, settings: Settings, form: str
) -> None:
    event = make_event("first-name")
    before = ids(client, form)
    with step(by=None):
        event.slug, event.title = "second-name", "Another title"
        event.save()
    settings.SITE_URL = "https://elsewhere.example"
    assert ids(client, form) == before
    assert b"https://elsewhere.example/events/" in client.get(f"/feeds/events.{form}").content


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_holds_what_its_page_holds(client: Client, make_event: MakeEvent, form: str) -> None:
    chip = make_event("chip", category="chips", tags=["h20"])
    make_event("model")
    make_event("waiting", status="draft", category="chips")
    found = ids(client, form, "?category=chips")
    assert [tag.rpartition("/")[2] for tag in found] == [chip.public_id]
    page = client.get("/?category=chips").content.decode()
    assert f'href="/feeds/events.{form}?category=chips"' in page


def test_an_item_tells_date_claims_and_every_source(client: Client, make_event: MakeEvent) -> None:
    event = make_event(
        "stargate",
        date="2025-01~",
        publishers=("OpenAI", "NPR"),
        claims=("refuted",),
        summary="So.",
    )
    EventDate.objects.create(event=event, kind="effective", date="2025-05-15")
    entry = read(client.get("/feeds/events.atom")).entries[0]
    content = entry.content[0].value
    assert entry.summary.startswith("around January 2025")
    assert "stargate claim 0" in content
    assert "refuted" in content
    assert "The record says otherwise." in content
    assert content.count("https://example.org/stargate-") == 3
    assert "15 May 2025" in content
    assert entry.dcterms_temporal == "2025-01~"
    item = json.loads(client.get("/feeds/events.json").content)["items"][0]
    assert item["_record"]["date"] == "2025-01~"
    assert (item["_record"]["earliest"], item["_record"]["latest"]) == ("2025-01-01", "2025-01-31")


@pytest.mark.django_db(transaction=True)
def test_updated_moves_on_significant_change_only(client: Client, make_event: MakeEvent) -> None:
    event = make_event("one", claims=("unverified",))

    def updated() -> str:
        return str(read(client.get("/feeds/events.atom")).entries[0].updated)

    first = updated()
    with step(by=None, is_minor=True):
        event.title = "One, spelled right"
        event.save()
    assert updated() == first
    with step(by=None):
        Claim.objects.filter(event=event).update(status="refuted", reason="It is not so.")
    assert updated() > first


def test_changes_are_a_feed_of_their_own(client: Client, make_event: MakeEvent) -> None:
    chip = make_event("chip", category="chips")
    with step(by=None):
        Event.objects.filter(pk=chip.pk).update(status="retracted", status_reason="It was a hoax.")
        decide(
            Decision.Action.RETRACT, by=None, reason="It was a hoax.", event=chip, is_public=True
        )
        decide(Decision.Action.EDIT, by=None, reason="not for readers", event=chip)
    (entry,) = read(client.get("/feeds/changes.atom?category=chips")).entries
    assert "hoax" in entry.content[0].value
    assert entry.title == "retracted: Chip"
    assert not read(client.get("/feeds/changes.rss?category=policy")).entries
    assert not ids(client, "atom")


def documents(client: Client, path: str) -> dict[str, Any]:
    """A feed and its archives by address, found as RFC 5005 has it: by links to what is older."""
    found: dict[str, Any] = {}
    while path:
        found[path] = read(client.get(path))
        links = {link.rel: link.href for link in found[path].feed.links}
        path = links.get("prev-archive", "").removeprefix("http://localhost:8000")
    return found


def test_a_long_feed_goes_on_in_archives_that_do_not_change(
    client: Client, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timeline.syndication.archives.SIZE", 4)
    made = [make_event(f"event-{number}") for number in range(14)]
    path = "/feeds/events.atom?category=model-release"
    before = documents(client, path)
    assert [len(each.entries) for each in before.values()] == [6, 4, 4]
    titles = [entry.title for each in before.values() for entry in each.entries]
    assert titles == [event.title for event in reversed(made)]
    assert {each.feed.id for each in before.values()} == {before[path].feed.id}
    newest, middle, oldest = before
    relations = [{link.rel: link.href for link in each.feed.links} for each in before.values()]
    site = "http://localhost:8000"
    assert relations[1]["current"] == relations[2]["current"] == site + newest
    assert relations[1]["next-archive"] == site + newest
    assert relations[2]["next-archive"] == site + middle
    assert "prev-archive" not in relations[2]
    assert ["fh_archive" in each.feed for each in before.values()] == [False, True, True]
    make_event("later")
    after = documents(client, path)
    assert list(after) == [newest, middle, oldest]
    assert after[middle].entries == before[middle].entries


@pytest.mark.parametrize(
    ("query", "note"),
    [
        pytest.param("?category=nope", "“nope” was ignored", id="unknown value"),
        pytest.param("?colour=red", "“colour” was ignored", id="unknown parameter"),
        pytest.param("?after=there", "“after” was ignored", id="no place"),
        pytest.param("?q=%01%0B%EF%BF%BF", "published here", id="what XML cannot hold"),
    ],
)
@pytest.mark.parametrize("form", ["atom", "rss"])
def test_what_a_feed_cannot_use_is_said_in_its_subtitle(
    client: Client, make_event: MakeEvent, form: str, query: str, note: str
) -> None:
    make_event("one")
    response = client.get(f"/feeds/events.{form}{query}")
    root = ElementTree.fromstring(response.content)
    assert note in "".join(root.itertext())


@pytest.mark.parametrize("form", FORMS)
def test_a_poll_of_an_unchanged_feed_costs_one_query_and_renders_nothing(
    client: Client, make_event: MakeEvent, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_event("one")
    url = f"/feeds/events.{form}?category=model-release"
    etag = client.get(url).headers["ETag"]

    def refuse(*arguments: object) -> bytes:
        raise AssertionError("rendered")

    monkeypatch.setattr("timeline.syndication.formats.write_feed", refuse)
    for _ in range(334):  # a thousand with the other formats
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url, headers={"If-None-Match": etag})
        assert (response.status_code, response.content, len(queries)) == (304, b"", 1)


@pytest.mark.parametrize("form", FORMS)
def test_a_full_answer_costs_the_same_queries_for_one_event_and_for_many(
    client: Client, make_event: MakeEvent, form: str
) -> None:
    counts = []
    for number in (1, 12):
        for part in range(number):
            make_event(f"e{number}-{part}", actors=("OpenAI",), claims=("disputed",))
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/feeds/events.{form}")
        counts.append(len(queries))
    assert counts == [7, 7]


@pytest.mark.django_db(transaction=True)
def test_publishing_gives_one_new_etag(client: Client, make_event: MakeEvent) -> None:
    make_event("one")
    first = client.get("/feeds/events.atom").headers["ETag"]
    make_event("two")
    response = client.get("/feeds/events.atom", headers={"If-None-Match": first})
    assert response.status_code == 200
    second = response.headers["ETag"]
    assert second != first
    assert client.get("/feeds/events.atom").headers["ETag"] == second


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        pytest.param("GET", "/feeds/events.atom", {"If-None-Match": "]["}, 200, id="garbage"),
        pytest.param("GET", "/feeds/events.atom", {"Accept": "image/png"}, 406, id="no such type"),
        pytest.param("GET", "/feeds/events.rss", {"Accept": "text/xml;q=0.5"}, 200, id="plain XML"),
        pytest.param("HEAD", "/feeds/events.json", {}, 200, id="head"),
        pytest.param("OPTIONS", "/feeds/events.json", {}, 204, id="options"),
        pytest.param("POST", "/feeds/events.json", {}, 405, id="post"),
        pytest.param("GET", "/feeds/events.xml", {}, 404, id="a format we do not have"),
    ],
)
def test_methods_and_accept(
    client: Client, db: None, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    response = client.generic(method, path, headers=headers)
    assert response.status_code == status
    if status in (204, 405):
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    if status == 406:
        assert "application/atom+xml" in response.content.decode()
    if status == 200:
        assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        pytest.param("", "application/atom+xml", id="nothing"),
        pytest.param("*/*", "application/atom+xml", id="anything"),
        pytest.param("application/atom+xml, */*;q=0.1", "application/atom+xml", id="a reader"),
        pytest.param(
            "application/atom+xml, application/rss+xml, text/xml;q=0.8, text/html;q=0.7, */*;q=0.1",
            "application/atom+xml",
            id="a reader that finds feeds in pages",
        ),
        pytest.param(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "application/xml",
            id="a browser",
        ),
    ],
)
def test_only_browsers_get_a_feed_as_plain_xml(
    client: Client, db: None, accept: str, kind: str
) -> None:
    headers = {"Accept": accept} if accept else {}
    response = client.get("/feeds/events.atom", headers=headers)
    assert response.headers["Content-Type"] == f"{kind}; charset=utf-8"
    assert "Accept" in response.headers["Vary"].split(", ")


def test_a_person_who_opens_a_feed_gets_a_stylesheet(client: Client, db: None) -> None:
    for form in ("atom", "rss"):
        head = client.get(f"/feeds/events.{form}").content.decode().split("\n", 2)[1]
        assert head.startswith("<?xml-stylesheet ")
        assert "timeline/feed" in head


@pytest.mark.parametrize("prefix", ["", "/zh-hans"], ids=["en", "zh"])
def test_whole_feeds_name_the_hub_and_the_address_that_it_is_told_of(
    client: Client, db: None, settings: Settings, prefix: str
) -> None:
    settings.WEBSUB_HUB = "https://hub.example/"
    topic = f"http://localhost:8000{prefix}/feeds/events."
    for form in ("atom", "rss"):
        response = client.get(f"{prefix}/feeds/events.{form}?unknown=1")
        links = {link.rel: link.href for link in read(response).feed.links}
        assert (links["hub"], links["self"]) == ("https://hub.example/", topic + form)
        assert response.headers["Link"] == (
            f'<https://hub.example/>; rel="hub", <{topic}{form}>; rel="self"'
        )
    feed = json.loads(client.get(f"{prefix}/feeds/events.json").content)
    assert (feed["hubs"][0]["type"], feed["feed_url"]) == ("WebSub", f"{topic}json")
    for query in ("?category=chips", "?after=2025-01-20T00:00:00%2B00:00_0_1"):
        assert b"hub" not in client.get(f"{prefix}/feeds/events.atom{query}").content
