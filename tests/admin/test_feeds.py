"""Feeds at the desk: health, poll now, adding, lists, topic rules."""

from __future__ import annotations

import datetime
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.admin.feeds import having, health_of
from events.ingestion import health, workers
from events.models import Entry, Feed, FeedRun, TopicRule
from tests.ingestion.test_health import CASES, NOW
from tests.moderation.making import make_user

pytestmark = pytest.mark.django_db
OPML = b"""<opml version="2.0"><body>
<outline text="Lab" xmlUrl="https://lab.example/feed"/>
<outline text="Bad" xmlUrl="ftp://lab.example/feed"/></body></opml>"""


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_user("administrator"))
    return client


@pytest.fixture
def feed() -> Feed:
    return Feed.objects.create(url="https://lab.example/rss", title="The lab")


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return unescape(response.content.decode())


@pytest.mark.parametrize(("facts", "state", "words"), CASES)
def test_the_filter_finds_what_the_judgement_says(
    facts: dict[str, Any], state: health.State, words: str
) -> None:
    hour_ago = NOW - datetime.timedelta(hours=1)
    values = {"is_enabled": True, "last_polled_at": hour_ago, **facts}
    feed = Feed.objects.create(url="https://lab.example/rss", **values)
    assert health_of(feed, NOW).state == state
    states: tuple[health.State, ...] = ("off", "waiting", "failing", "silent", "well")
    assert [s for s in states if Feed.objects.filter(having(s, NOW)).exists()] == [state]


@pytest.mark.parametrize("name", ["feed_subscribe", "feed_opml", "feed_poll", "topic_rehearsal"])
def test_a_page_of_the_desk_loads_its_style_once(desk: Client, feed: Feed, name: str) -> None:
    address = reverse(f"admin:{name}", args=[feed.pk] if name == "feed_poll" else [])
    assert page(desk, address).count("desk/desk.css") == 1


def test_a_poll_says_what_it_brought(desk: Client, feed: Feed) -> None:
    now = timezone.now()
    FeedRun.objects.create(
        feed=feed, outcome="ok", new=3, known=20, started_at=now, finished_at=now
    )
    listed = page(desk, reverse("admin:events_feedrun_changelist"))
    assert ">3 new, 20 known<" in listed


def test_moderators_see_what_fails_and_why_in_words(desk: Client, feed: Feed) -> None:
    Feed.objects.filter(pk=feed.pk).update(
        failure_count=4,
        last_error="the feed is not there (HTTP 404)",
        last_polled_at=timezone.now(),
    )
    Feed.objects.create(url="https://other.example/rss", title="Another")
    shown = page(desk, reverse("admin:events_feed_changelist") + "?health=failing")
    assert "The lab" in shown
    assert "4 polls in a row failed, never read yet: the feed is not there (HTTP 404)." in shown
    assert "Another" not in shown


def test_poll_now_asks_a_worker_and_shows_what_came_of_it(
    desk: Client, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(workers, "ask_for_poll", asked.append)
    address = reverse("admin:feed_poll", args=[feed.pk])
    response = desk.post(address)
    assert asked == [feed.pk]
    waiting = page(desk, response.headers["Location"])
    assert "waiting for a worker" in waiting
    assert f'hx-get="{response.headers["Location"]}"' in waiting
    now = timezone.now()
    FeedRun.objects.create(feed=feed, started_at=now, finished_at=now, outcome="ok", new=7)
    live = desk.get(response.headers["Location"], headers={"HX-Request": "true"}).content.decode()
    assert live.startswith('<section id="poll"')
    assert "7 new, 0 updated" in live
    assert "hx-get" not in live


def test_a_list_is_imported_line_by_line_and_exported(desk: Client) -> None:
    upload = SimpleUploadedFile("list.opml", OPML)
    shown = unescape(desk.post(reverse("admin:feed_opml"), {"list": upload}).content.decode())
    assert "1 added, 0 known, 1 left out" in shown
    assert "left out: not an http(s) address" in shown
    exported = desk.get(reverse("admin:feed_export")).content.decode()
    assert 'xmlUrl="https://lab.example/feed"' in exported


def test_a_file_that_is_no_list_is_named(desk: Client) -> None:
    upload = SimpleUploadedFile("list.opml", b"<rss/>")
    response = desk.post(reverse("admin:feed_opml"), {"list": upload})
    assert "This is not OPML but <rss>." in unescape(response.content.decode())


def test_an_address_that_cannot_be_read_says_why_and_keeps_what_was_typed(desk: Client) -> None:
    response = desk.post(reverse("admin:feed_subscribe"), {"address": "http://127.0.0.1/feed"})
    shown = unescape(response.content.decode())
    assert "http://127.0.0.1/feed could not be read: refused" in shown
    assert 'value="http://127.0.0.1/feed"' in shown
    assert not Feed.objects.exists()


def test_topic_rules_are_rehearsed_before_they_are_applied(desk: Client, feed: Feed) -> None:
    Entry.objects.create(feed=feed, guid_key="1", title="Poker night", state="dropped", reason="x")
    TopicRule.objects.create(verdict="drop", reason="games", words=["chess"])
    shown = page(desk, reverse("admin:topic_rehearsal"))
    assert "1 dropped by a rule → accepted" in shown
    assert "Poker night" in shown
    assert Entry.objects.get().state == "dropped"


@pytest.mark.parametrize("name", ["feed", "feedrun", "entry", "topicrule"])
def test_every_list_of_the_machine_opens(desk: Client, feed: Feed, name: str) -> None:
    TopicRule.objects.create(verdict="drop", reason="games", words=["poker"])
    now = timezone.now()
    FeedRun.objects.create(feed=feed, started_at=now, finished_at=now, outcome="ok")
    page(desk, reverse(f"admin:events_{name}_changelist"))


def test_contributors_neither_poll_nor_add(client: Client, feed: Feed) -> None:
    client.force_login(make_user("contributor"))
    assert client.post(reverse("admin:feed_poll", args=[feed.pk])).status_code == 403
    assert client.get(reverse("admin:feed_subscribe")).status_code == 403
    assert client.get(reverse("admin:feed_opml")).status_code == 403
    assert client.get(reverse("admin:events_feed_changelist")).status_code == 200


def test_an_imported_list_shows_how_far_its_first_polls_are(desk: Client) -> None:
    upload = SimpleUploadedFile("list.opml", OPML)
    shown = unescape(desk.post(reverse("admin:feed_opml"), {"list": upload}).content.decode())
    assert "0 of 1 polled" in shown
    again = re.search(r'hx-get="([^"]+)"', shown)
    assert again
    Feed.objects.update(last_polled_at=timezone.now(), failure_count=1, last_error="no answer")
    partial = unescape(desk.get(again[1], headers={"HX-Request": "true"}).content.decode())
    assert "1 of 1 polled: 0 read, 1 failed." in partial
    assert "no answer" in partial
    assert "hx-get" not in partial
    assert "1 of 1 polled" in page(desk, again[1])


def test_an_entry_shows_its_rule_and_the_titles_it_had(desk: Client, feed: Feed) -> None:
    entry = Entry.objects.create(
        feed=feed,
        guid_key="1",
        title="R1 is out",
        matched_by="url in feed",
        state=Entry.State.REJECTED,
        reason="no link",
        old_titles=[{"title": "R1 <soon>", "until": "2025-01-20T12:00:00+00:00"}],
    )
    shown = page(desk, reverse("admin:events_entry_change", args=[entry.pk]))
    assert "R1 <soon> (until 2025-01-20 12:00)" in shown
    assert "url in feed" in shown


def test_a_feed_with_another_address_forgets_what_the_old_one_said(
    desk: Client, feed: Feed
) -> None:
    hour = timezone.now() + datetime.timedelta(hours=1)
    Feed.objects.filter(pk=feed.pk).update(
        etag='"1"', body_hash="x", claimed_until=hour, next_poll_at=hour
    )
    address = reverse("admin:events_feed_change", args=[feed.pk])
    desk.post(address, {"title": "The lab", "url": "https://lab.example/new", "is_enabled": "on"})
    feed.refresh_from_db()
    assert feed.url == "https://lab.example/new"
    assert (feed.etag, feed.body_hash, feed.claimed_until) == ("", "", None)
    assert feed.next_poll_at < hour
