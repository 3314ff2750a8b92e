"""Rules of changing what events name: actors, publishers, sources."""

from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from events.models import Actor, Decision, Event, Participation, Publisher
from events.moderation import lifecycle
from events.moderation.named import Named, editing_named
from events.moderation.step import ModerationError
from events.moderation.undo import undo
from tests.admin.forms import opened
from tests.moderation.making import make_event, make_source, make_user

pytestmark = pytest.mark.django_db


def make_actor(event: Event | None = None) -> Actor:
    actor = Actor.objects.create(name="DeepSeek", slug="deepseek", kind="lab", aliases=["深度求索"])
    if event:
        with lifecycle.editing(event, by=None):
            Participation.objects.create(event=event, actor=actor)
    return actor


def rename(named: Named, title: str, column: str = "name") -> Decision:
    with editing_named(named, by=make_user(), reason="as it calls itself"):
        setattr(named, column, title)
        named.save()
    return Decision.objects.latest("pk")


def test_a_changed_name_is_a_public_decision_once_readers_see_it() -> None:
    decision = rename(make_actor(make_event()), "DeepSeek AI")
    assert (decision.action, decision.is_public) == ("edit", True)
    assert decision.detail["named"]["before"] == {"name": "DeepSeek"}
    other = Publisher.objects.create(name="Nobody", slug="nobody")
    assert not rename(other, "Nobody Daily").is_public


def test_a_change_is_undone_and_done_again_exactly() -> None:
    source = make_event().citations.get().source
    decision = rename(source, "Corrected headline", "title")
    assert decision.source == source
    undone = undo(decision, by=make_user())
    source.refresh_from_db()
    assert source.title.startswith("DeepSeek releases R1, report")
    undo(undone, by=make_user())
    source.refresh_from_db()
    assert source.title == "Corrected headline"


def test_a_change_is_not_undone_over_a_later_one() -> None:
    actor = make_actor()
    decision = rename(actor, "DeepSeek AI")
    rename(actor, "DeepSeek Inc.")
    with pytest.raises(ModerationError, match="undo the later step first"):
        undo(decision, by=make_user())


def test_saving_what_is_there_already_leaves_no_decision() -> None:
    actor = make_actor()
    with editing_named(actor, by=make_user()):
        actor.save()
    assert not Decision.objects.exists()


def test_contributors_change_no_names() -> None:
    with (
        pytest.raises(PermissionDenied),
        editing_named(make_source(), by=make_user("contributor")),
    ):
        pass


def test_the_form_of_an_actor_says_who_and_why_in_the_public_log(client: Client) -> None:
    actor, by = make_actor(make_event()), make_user()
    client.force_login(by)
    address = reverse("admin:events_actor_change", args=[actor.pk])
    fields = {**opened(client, address), "name": "DeepSeek AI", "why": "renamed itself"}
    page = client.post(address, fields, follow=True).content.decode()
    assert 'name="decisions"' in page  # can be undone at once
    actor.refresh_from_db()
    assert (actor.name, actor.aliases) == ("DeepSeek AI", ["深度求索"])
    log = client.get("/log/").content.decode()
    assert f"{by.username} edited" in log
    assert "renamed itself" in log
    assert "/actors/deepseek/" in log


def test_two_people_who_change_one_name_are_told_of_each_other(client: Client) -> None:
    actor = make_actor()
    client.force_login(make_user())
    address = reverse("admin:events_actor_change", args=[actor.pk])
    late = {**opened(client, address), "country": "CN"}
    rename(actor, "DeepSeek AI")
    page = client.post(address, late)
    actor.refresh_from_db()
    assert (actor.name, actor.country) == ("DeepSeek AI", "")
    said = unescape(page.content.decode())
    assert "Name from “DeepSeek AI” to “DeepSeek”; Country from “” to “CN”" in said
    again = page.context["adminform"].form
    client.post(address, {**late, "name": "DeepSeek AI", "seen": again["seen"].value()})
    actor.refresh_from_db()
    assert (actor.name, actor.country) == ("DeepSeek AI", "CN")
