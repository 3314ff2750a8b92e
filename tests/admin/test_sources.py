"""Sources by address or by hand, and what becomes of one."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Claim, Event, Source
from tests.ingestion.test_page import page
from tests.moderation.making import make_event, make_source, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_user())
    return client


def test_a_source_says_which_events_it_backs_also_by_claims_only(desk: Client) -> None:
    source = make_source()
    for title in ("Cites it", "Claims by it"):
        event = make_event(title=title)
        owner = event if title == "Cites it" else Claim.objects.create(event=event, text="So.")
        owner.citations.create(source=source)
    page = desk.get(reverse("admin:events_source_change", args=[source.pk])).content.decode()
    assert re.findall(r'change/">([^<]+)', page.split("Cited on")[1].split("</p>")[0]) == [
        "Claims by it",
        "Cites it",
    ]


@pytest.fixture
def wire(settings: Any) -> Iterator[str]:
    """A news site on loopback, which the door may enter."""

    class Wire(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path.startswith("/r1")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            if found:
                self.wfile.write(page("/r1"))

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Wire)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_address[1]}"
    settings.FETCH_ALLOW = [host]
    settings.HOST_SPACING = 0
    yield f"http://{host}"
    server.shutdown()
    server.server_close()


def confirm(desk: Client, url: str) -> str:
    response = desk.post(reverse("admin:source_add"), {"step": "look", "url": url})
    return unescape(response.content.decode())


def test_a_page_is_opened_and_shown_for_confirmation(desk: Client, wire: str) -> None:
    shown = confirm(desk, f"{wire}/r1?utm_source=mail")
    for said in ("DeepSeek releases R1", "The Wire", "Jane Roe", "2025-01-20"):
        assert f'value="{said}"' in shown
    assert not Source.objects.exists()


def test_a_page_that_cannot_be_opened_says_why_and_leaves_the_form(desk: Client, wire: str) -> None:
    shown = confirm(desk, f"{wire}/gone")
    assert "nothing is at this address" in shown
    assert 'name="title"' in shown


def test_nothing_but_an_address_becomes_a_published_event(desk: Client, wire: str) -> None:
    shown = confirm(desk, f"{wire}/r1")
    fields = {
        name: shown.split(f'name="{name}" value="')[1].split('"')[0]
        for name in ("url", "canonical_url", "title", "publisher", "published")
    }
    saved = desk.post(
        reverse("admin:source_add"),
        {"step": "save", "kind": "press", "role": "report", **fields},
    )
    source = Source.objects.get()
    assert saved.headers["Location"] == reverse("admin:source_promote", args=[source.pk])
    assert 'name="then" value="publish"' in desk.get(saved.headers["Location"]).content.decode()
    draft = {
        "title": "DeepSeek releases R1",
        "date": "2025-01-20",
        "category": "model-release",
        "importance": "3",
        f"cite-{source.pk}": "report",
        "then": "publish",
    }
    desk.post(saved.headers["Location"], draft)
    event = Event.objects.get()
    assert (event.status, event.citations.get().source) == ("published", source)


@pytest.mark.parametrize("step", ["look", "save"])
def test_an_address_that_is_not_of_the_web_is_refused_in_words(desk: Client, step: str) -> None:
    given = {"step": step, "url": "ftp://files.example/r1", "title": "R1", "kind": "press"}
    page = desk.post(reverse("admin:source_add"), {**given, "role": "report"}).content.decode()
    assert 'role="alert"' in page
    assert "address" in page.split('role="alert">')[1].split("<")[0]
    assert not Source.objects.exists()


def test_a_known_address_offers_the_source_we_have(desk: Client) -> None:
    source = make_source()
    url = f"{source.url}?utm_source=mail"
    response = desk.post(reverse("admin:source_add"), {"step": "look", "url": url})
    assert response.headers["Location"] == reverse("admin:source_promote", args=[source.pk])


def test_a_source_without_an_address_needs_publisher_date_and_note(desk: Client) -> None:
    fields = {"step": "save", "title": "Chip bans bite", "kind": "press", "role": "report"}
    shown = unescape(desk.post(reverse("admin:source_add"), fields).content.decode())
    assert shown.count("Needed for a source without an address.") == 3
    assert 'value="Chip bans bite"' in shown
    fields |= {"publisher": "Daily Print", "published": "2025-01-21", "note": "page 3"}
    desk.post(reverse("admin:source_add"), fields)
    assert Source.objects.get().publisher.name == "Daily Print"  # type: ignore[union-attr]


def test_a_source_without_an_address_is_not_stored_twice(desk: Client) -> None:
    given = {
        "step": "save",
        "title": "Chips for nobody",
        "publisher": "Financial Times",
        "published": "2025-01-21",
        "note": "print edition, page 3",
        "kind": "press",
        "role": "report",
    }
    first = desk.post(reverse("admin:source_add"), given)
    again = desk.post(reverse("admin:source_add"), {**given, "publisher": "financial times"})
    assert first.headers["Location"] == again.headers["Location"]
    assert Source.objects.count() == 1


def test_one_stored_source_is_cited_on_a_second_event(desk: Client) -> None:
    first, second = make_event(), make_event(title="Nvidia falls")
    source = first.citations.get().source
    fields = {"then": "cite", "event": second.public_id, "role": "analysis"}
    desk.post(reverse("admin:source_promote", args=[source.pk]), fields)
    assert source.citations.count() == 2


def test_a_likely_duplicate_is_named_before_saving(desk: Client) -> None:
    event = make_event()
    fields = {
        "title": "DeepSeek releases its R1",
        "date": "2025-01-20",
        "category": "model-release",
        "importance": "2",
    }
    address = reverse("admin:events_event_add")
    for prefix in ("citations", "claims", "dates", "participations", "relations_out"):
        fields |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    shown = unescape(desk.post(address, fields).content.decode())
    assert "The record may have this already" in shown
    assert reverse("admin:events_event_change", args=[event.pk]) in shown
    desk.post(address, {**fields, "is_another": "on"})
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("2024-12", "December 2024, month known"),
        ("2025-01-20", "20 January 2025, day known"),
        ("2022~", "about 2022, year known"),
        ("2025-01-10/2025-01-15", "10 January 2025 to 15 January 2025, from and to known"),
        ("2025-01/..", "1 January 2025 to now, one end open"),
        ("soon", "“soon” is not a date. Write a date such as 2025-01-20"),
    ],
)
def test_the_date_field_shows_what_it_understood(desk: Client, date: str, said: str) -> None:
    answer = desk.get(reverse("admin:date_understood"), {"date": date}).json()
    assert answer["text"].startswith(said)


def test_a_merge_and_its_taking_back_are_a_page_each(desk: Client) -> None:
    event, into = make_event(title="R1 is out"), make_event()
    address = reverse("admin:event_merge", args=[event.pk])
    assert (
        "No event is called"
        in desk.post(address, {"into": "nothing", "reason": "same"}).content.decode()
    )
    desk.post(address, {"into": into.get_absolute_url(), "reason": "the same release"})
    event.refresh_from_db()
    assert event.merged_into == into
    desk.post(address, {"reason": "two releases"})
    event.refresh_from_db()
    assert event.status == "published"


def test_a_correction_is_public_and_moves_the_event_only_when_significant(desk: Client) -> None:
    event = make_event()
    address = reverse("admin:event_correct", args=[event.pk])
    desk.post(address, {"text": "It was 671 billion parameters, not 617."})
    first = event.last_changed_at
    event.refresh_from_db()
    assert event.last_changed_at == first
    desk.post(address, {"text": "It was released on the 20th.", "is_significant": "on"})
    event.refresh_from_db()
    assert event.corrections.count() == 2
    assert event.last_changed_at != first


def test_a_draft_is_previewed_as_readers_will_see_it_and_by_nobody_else(
    desk: Client, client: Client
) -> None:
    event = make_event(publish=False, title="A draft to look at")
    address = reverse("preview_event", args=[event.pk])
    assert "A draft to look at" in desk.get(address).content.decode()
    desk.logout()
    assert desk.get(address).status_code == 302
