"""Readers take part without an account and without JavaScript; robots do not."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from events.models import Decision, Suggestion
from events.suggestions import guard
from tests.moderation.making import make_event, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_person_who_takes_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The form's time guard is tested by itself; elsewhere three seconds have passed."""
    cache.clear()
    monkeypatch.setattr(guard, "AT_LEAST_SECONDS", -1)


def fields(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "event",
        "text": "DeepSeek has released R1 on 20 January 2025.",
        "url": "https://example.org/r1",
        "stamp": guard.new_stamp(),
        **changes,
    }


def test_a_reader_gets_a_private_address_and_the_answer_stands_there(client: Client) -> None:
    event = make_event()
    sent = fields(kind="correction", event=event.public_id)
    address = client.post("/suggest/", sent).headers["Location"]
    page = client.get(address)
    assert "Your suggestion is waiting" in page.content.decode()
    assert page.headers["X-Robots-Tag"] == "noindex"
    suggestion = Suggestion.objects.get()
    assert (suggestion.event, suggestion.kind) == (event, "correction")
    desk = Client()
    desk.force_login(make_user())
    screen = reverse("admin:events_suggestion_change", args=[suggestion.pk])
    desk.post(screen, {"reason": "", "reject": "1"})
    suggestion.refresh_from_db()
    assert suggestion.state == "waiting"
    desk.post(screen, {"reason": "It is in, thank you.", "accept": "1"})
    answered = client.get(address).content.decode()
    assert "Your suggestion is accepted" in answered
    assert "It is in, thank you." in answered
    assert Decision.objects.latest("pk").suggestion == suggestion


def test_an_answer_is_given_once(client: Client) -> None:
    client.post("/suggest/", fields())
    suggestion = Suggestion.objects.get()
    client.force_login(make_user())
    screen = reverse("admin:events_suggestion_change", args=[suggestion.pk])
    client.post(screen, {"reason": "Not about AI.", "reject": "1"})
    shown = client.post(screen, {"reason": "Changed my mind.", "accept": "1"}).content.decode()
    assert "rejected already" in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"text": ""}, "This field is required", id="no text"),
        pytest.param(
            {"text": "http://a http://b http://c http://d"}, "At most 3 links", id="links"
        ),
        pytest.param({"kind": "source", "url": ""}, "needs its address", id="source without one"),
        pytest.param({"url": "not an address"}, "Enter a valid URL", id="no address"),
        pytest.param({"event": "zzzzzzz"}, "There is no such event", id="unknown event"),
        pytest.param({"stamp": "made up"}, "This form was not ours", id="made-up time"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    client: Client, changes: dict[str, str], said: str
) -> None:
    response = client.post("/suggest/", fields(contact="me@example.org", **changes))
    page = unescape(response.content.decode())
    assert response.status_code == 422
    assert said in page
    assert 'value="me@example.org"' in page
    assert not Suggestion.objects.exists()


def test_a_form_sent_at_once_is_asked_for_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "AT_LEAST_SECONDS", 3)
    assert "That was very quick" in client.post("/suggest/", fields()).content.decode()


def test_a_robot_that_fills_in_the_hidden_field_writes_nothing(client: Client) -> None:
    response = client.post("/suggest/", fields(website="https://spam.example"))
    assert "Thank you" in response.content.decode()
    assert not Suggestion.objects.exists()


def test_one_address_sends_five_an_hour(client: Client) -> None:
    for _ in range(6):
        response = client.post("/suggest/", fields())
    assert response.status_code == 422
    assert Suggestion.objects.count() == 5


def test_a_draft_cannot_be_named(client: Client) -> None:
    draft = make_event(publish=False, title="Secret draft")
    page = client.get("/suggest/", {"event": draft.public_id}).content.decode()
    assert "Secret draft" not in page


def test_a_reader_without_cookies_is_heard() -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/suggest/")
    assert not page.cookies
    client.post("/suggest/", fields())
    assert Suggestion.objects.count() == 1
