"""What no row can have is answered as what no row has."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from events.models.ids import row_number
from tests.moderation.making import make_event, make_story, make_user
from tests.timeline.test_hostile import NO_NUMBERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_user("administrator"))
    return client


def test_a_reason_is_kept_without_what_no_text_can_hold(desk: Client) -> None:
    story = make_story(1)
    fields = {"why": "other", "reason": "a\x00b"}
    desk.post(reverse("admin:story_reject", args=[story.pk]), fields)
    assert story.decisions.get().reason == "ab"


def test_only_what_a_row_can_have_is_a_number() -> None:
    assert [row_number(text) for text in NO_NUMBERS] == [None] * len(NO_NUMBERS)
    assert (row_number("0"), row_number("9" * 18)) == (0, 10**18 - 1)


@pytest.mark.parametrize("text", NO_NUMBERS, ids=lambda text: ascii(text)[:9])
def test_the_desk_answers_without_an_error(desk: Client, text: str) -> None:
    make_story(1)
    history = reverse("admin:event_revisions", args=[make_event().pk])
    assert desk.get(reverse("admin:index"), {"story": text}).status_code == 404
    for address, query in (
        (reverse("admin:index"), {"after": f"{text}~2025-01-01T00:00:00+00:00~1"}),
        (reverse("admin:index"), {"after": f"1~{text}~1"}),
        (reverse("admin:index"), {"after": "1~2025-01-01~1"}),
        (reverse("admin:index"), {"sort": "relevance", "after": f"{text}~{text}~{text}"}),
        (history, {"old": text, "new": text}),
        (reverse("admin:topic_rehearsal"), {"days": text}),
        (reverse("admin:lookup_people"), {"q": text}),
    ):
        assert desk.get(address, query).status_code == 200, query


@pytest.mark.parametrize("text", NO_NUMBERS, ids=lambda text: ascii(text)[:9])
def test_a_step_on_no_number_is_refused_in_words(desk: Client, text: str) -> None:
    event, story = make_event(), make_story(2)
    restore = reverse("admin:event_revision_restore", args=[event.pk])
    arrange = reverse("admin:story_arrange", args=[story.pk])
    for address, fields, said in (
        (reverse("admin:undo_steps"), {"decisions": text}, "There is nothing to undo."),
        (reverse("admin:stories_reject"), {"story": text, "why": "off-topic"}, "Tick the stories"),
        (restore, {"number": text}, "There is no such revision."),
        (arrange, {"how": "merge", "story": text}, "Give the number of the other story"),
        (arrange, {"how": "split", "source": text}, "Choose some of the story"),
        (reverse("admin:story_attach", args=[story.pk]), {"event": text}, "No event is called"),
        (reverse("admin:story_assign", args=[story.pk]), {"to": text}, "Nobody here is called"),
    ):
        page = desk.post(address, fields, follow=True)
        assert said in page.content.decode(), address
