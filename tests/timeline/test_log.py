"""The public log: what readers may know of the desk's decisions, and nothing else."""

from html import unescape
from xml.etree import ElementTree

import pytest
from django.test import Client

from events.moderation import lifecycle, stories
from tests.moderation.making import make_event, make_story, make_user

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def shown(client: Client, query: str = "") -> str:
    response = client.get(f"/log/{query}")
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_decisions_on_public_events_stand_there_with_person_and_reason(client: Client) -> None:
    event, by = make_event(), make_user()
    lifecycle.retract_event(event, by=by, reason="It was a hoax.")
    page = shown(client)
    assert f"{by.username} retracted" in page
    assert "It was a hoax." in page


def test_drafts_and_rejected_stories_stay_inside(client: Client) -> None:
    draft = make_event(publish=False, title="Secret draft")
    lifecycle.amend(draft, by=make_user(), reason="inside only", title="Secret draft, reworded")
    stories.reject_story(make_story(1), by=make_user(), why="other", reason="an internal note")
    page = shown(client)
    assert "Secret" not in page
    assert "inside" not in page
    assert "internal note" not in page


def test_a_draft_published_later_does_not_tell_what_was_said_of_it_before(client: Client) -> None:
    draft = make_event(publish=False)
    lifecycle.amend(draft, by=make_user(), reason="internal doubt", title="Reworded")
    lifecycle.publish_event(draft, by=make_user(), reason="now certain")
    page = shown(client)
    assert "now certain" in page
    assert "internal doubt" not in page


def test_the_log_is_filtered_by_action_person_and_event(client: Client) -> None:
    first, second, by = make_event(title="One"), make_event(title="Two"), make_user()
    lifecycle.amend(first, by=by, reason="typo in one", tags=["a"])
    lifecycle.retract_event(second, by=by, reason="two was wrong")
    assert "two was wrong" not in shown(client, "?action=edit")
    assert "typo in one" not in shown(client, f"?event={second.public_id}")
    assert "typo in one" in shown(client, f"?by={by.username}&action=nonsense")


def test_the_log_has_a_feed_with_the_same_filters(client: Client) -> None:
    event, by = make_event(), make_user()
    lifecycle.amend(event, by=by, reason="typo", tags=["a"])
    root = ElementTree.fromstring(client.get("/log/feed.atom?action=edit").content)
    entries = root.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}summary") for entry in entries] == ["typo"]
