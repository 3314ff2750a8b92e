"""Who drafts takes the own steps back, as long as readers never saw what they are about."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Decision, User
from events.moderation import lifecycle, stories
from events.moderation.undo import undo
from tests.moderation.making import make_draft, make_event, make_story, make_user

pytestmark = pytest.mark.django_db


def own_draft(by: User) -> Decision:
    return lifecycle.create_event(make_draft(), by=by).decisions.get()


def own_draft_of_a_story(by: User) -> Decision:
    return stories.promote_story(make_story(2), make_draft(), by=by).decisions.get()


def own_sources_on_a_draft(by: User) -> Decision:
    event = stories.attach_story(make_story(2), make_event(publish=False), by=by)
    return event.decisions.latest("pk")


def own_edit_of_a_draft(by: User) -> Decision:
    event = make_event(publish=False)
    return lifecycle.amend(event, by=by, title="Changed").decisions.latest("pk")


def own_discarding(by: User) -> Decision:
    event = lifecycle.discard_draft(make_event(publish=False), by=by, reason="not needed")
    return event.decisions.latest("pk")


def own_undoing(by: User) -> Decision:
    return undo(own_draft(by), by=by)


def own_edit_of_what_was_public(by: User) -> Decision:
    """Published after the edit, and hidden again: readers may have seen it."""
    edit = own_edit_of_a_draft(by)
    assert edit.event
    lifecycle.publish_event(edit.event, by=None)
    undo(edit.event.decisions.latest("pk"), by=None)
    return edit


OWN: list[tuple[Callable[[User], Decision], bool]] = [
    (own_draft, True),
    (own_draft_of_a_story, True),
    (own_sources_on_a_draft, True),
    (own_edit_of_a_draft, True),
    (own_discarding, True),
    (own_undoing, True),
    (own_edit_of_what_was_public, False),
]


@pytest.mark.parametrize("role", ["contributor", "moderator"])
@pytest.mark.parametrize(
    ("take", "by_whoever_drafts"), [pytest.param(t, a, id=t.__name__) for t, a in OWN]
)
def test_a_role_is_offered_to_undo_the_own_steps_it_may_undo(
    role: str, take: Callable[[User], Decision], by_whoever_drafts: bool
) -> None:
    is_allowed = by_whoever_drafts or role != "contributor"
    by, client = make_user(role), Client()
    client.force_login(by)
    decision = take(by)
    address = reverse("admin:decision_undo", args=[decision.pk])
    history = client.get(reverse("admin:event_revisions", args=[decision.event_id]))
    assert (f'action="{address}"' in history.content.decode()) == is_allowed
    assert client.post(address).status_code == (302 if is_allowed else 403)
    undone = Decision.objects.filter(action="undo", detail__undoes=decision.pk)
    assert undone.count() == int(is_allowed)


def test_a_contributor_takes_a_draft_back_by_the_button_beside_what_was_said() -> None:
    story, client = make_story(2), Client()
    client.force_login(make_user("contributor"))
    fields = {"title": "T", "date": "2025", "category": "chips", "importance": "1", "then": "draft"}
    fields |= {f"cite-{source.pk}": "report" for source in story.sources.all()}
    page = client.post(reverse("admin:story_promote", args=[story.pk]), fields, follow=True)
    wanted = page.text.split('name="decisions" value="')[1].split('"')[0]
    after = client.post(reverse("admin:undo_steps"), {"decisions": wanted}, follow=True)
    assert "Undone: promoted" in after.text
    story.refresh_from_db()
    assert story.state == "open"
