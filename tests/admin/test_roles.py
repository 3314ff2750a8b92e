"""Who may do what, asked over HTTP: one table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from events.models import Actor, Decision, Event, Story, Suggestion
from events.moderation import lifecycle, stories
from tests.admin.forms import opened
from tests.moderation.making import make_event, make_source, make_story, make_user

pytestmark = pytest.mark.django_db
ROLES = ("anonymous", "reader", "contributor", "moderator", "administrator")
ALL = frozenset({"contributor", "moderator", "administrator"})
DECIDERS = frozenset({"moderator", "administrator"})
ADMINISTRATORS = frozenset({"administrator"})

Request = tuple[str, str, dict[str, Any]]


def draft(story: Story, then: str) -> dict[str, Any]:
    fields = {"title": "T", "date": "2025", "category": "chips", "importance": "1", "then": then}
    return fields | {f"cite-{source.pk}": "report" for source in story.sources.all()}


def promote(then: str) -> Callable[[], Request]:
    def build() -> Request:
        story = make_story(2)
        return "post", reverse("admin:story_promote", args=[story.pk]), draft(story, then)

    return build


def on_story(name: str, **fields: Any) -> Callable[[], Request]:
    return lambda: ("post", reverse(f"admin:{name}", args=[make_story(2).pk]), fields)


def attach(*, publish: bool) -> Callable[[], Request]:
    def build() -> Request:
        fields = {"event": make_event(publish=publish).public_id}
        return "post", reverse("admin:story_attach", args=[make_story(1).pk]), fields

    return build


def restore_story() -> Request:
    story = make_story(1)
    stories.reject_story(story, by=None, why="off-topic")
    return "post", reverse("admin:story_restore", args=[story.pk]), {}


def reject_several() -> Request:
    fields = {"story": [make_story(1).pk, make_story(1).pk], "why": "off-topic"}
    return "post", reverse("admin:stories_reject"), fields


def split() -> Request:
    story = make_story(2)
    fields = {"how": "split", "source": [story.sources.order_by("pk")[0].pk]}
    return "post", reverse("admin:story_arrange", args=[story.pk]), fields


def edit(*, publish: bool, **fields: Any) -> Callable[[], Request]:
    def build() -> Request:
        event = make_event(publish=publish)
        reader = Client()
        reader.force_login(make_user("administrator"))
        address = reverse("admin:events_event_change", args=[event.pk])
        return "post", address, {**opened(reader, address), "title": "Changed", **fields}

    return build


def merge() -> Request:
    event, into = make_event(title="One"), make_event(title="Two")
    fields = {"into": into.public_id, "reason": "same"}
    return "post", reverse("admin:event_merge", args=[event.pk]), fields


def correct() -> Request:
    return "post", reverse("admin:event_correct", args=[make_event().pk]), {"text": "It was 5."}


def restore_revision() -> Request:
    event = lifecycle.amend(make_event(), by=None, title="Changed")
    return "post", reverse("admin:event_revision_restore", args=[event.pk]), {"number": "1"}


def undo() -> Request:
    event = lifecycle.amend(make_event(), by=None, title="Changed")
    decision = event.decisions.order_by("-pk")[0]
    return "post", reverse("admin:decision_undo", args=[decision.pk]), {}


def undo_a_draft() -> Request:
    decision = make_event(publish=False).decisions.get()
    return "post", reverse("admin:decision_undo", args=[decision.pk]), {}


def undo_just_done() -> Request:
    event = lifecycle.amend(make_event(), by=None, title="Changed")
    fields = {"decisions": str(event.decisions.order_by("-pk")[0].pk)}
    return "post", reverse("admin:undo_steps"), fields


def move(how: str) -> Callable[[], Request]:
    def build() -> Request:
        story, other = make_story(2), make_story(1)
        source = story.sources.order_by("pk")[0].pk
        fields = {"how": how, "source": [source], "story": other.pk}
        return "post", reverse("admin:story_arrange", args=[story.pk]), fields

    return build


def assign() -> Request:
    fields = {"to": make_user("contributor").username}
    return "post", reverse("admin:story_assign", args=[make_story(1).pk]), fields


def answer() -> Request:
    suggestion = Suggestion.objects.create(kind="event", text="R1 is out.")
    address = reverse("admin:events_suggestion_change", args=[suggestion.pk])
    return "post", address, {"reason": "Thank you.", "accept": "1"}


def change_many() -> Request:
    event = make_event()
    fields = {
        "action": "change_together",
        "_selected_action": event.pk,
        f"seen-{event.pk}": event.revision_number,
        "importance": "3",
        "reason": "it was",
        "apply": "1",
    }
    return "post", reverse("admin:events_event_changelist"), fields


def named(model: str) -> Callable[[], Request]:
    def build() -> Request:
        actor = Actor.objects.create(name="DeepSeek", slug="deepseek", kind="lab")
        source = make_source()
        pk = {"actor": actor.pk, "source": source.pk, "publisher": source.publisher_id}[model]
        address = reverse(f"admin:events_{model}_change", args=[pk])
        reader = Client()
        reader.force_login(make_user("administrator"))
        text = "title" if model == "source" else "name"
        return "post", address, {**opened(reader, address), text: "Changed"}

    return build


def add_source() -> Request:
    fields = {
        "step": "save",
        "title": "Chip bans bite",
        "publisher": "Daily Print",
        "published": "2025",
        "note": "page 3",
        "kind": "press",
        "role": "report",
    }
    return "post", reverse("admin:source_add"), fields


def cite_publicly() -> Request:
    fields = {"then": "cite", "event": make_event().public_id, "role": "report"}
    return "post", reverse("admin:source_promote", args=[make_source().pk]), fields


def page(name: str) -> Callable[[], Request]:
    return lambda: ("get", reverse(f"admin:{name}"), {})


MATRIX: list[tuple[str, Callable[[], Request], frozenset[str]]] = [
    ("see the queue", page("index"), ALL),
    ("see the drafts", page("events_event_changelist"), ALL),
    ("see decisions", page("events_decision_changelist"), ALL),
    ("claim a story", on_story("story_claim"), ALL),
    ("draft a story", promote("draft"), ALL),
    ("publish a story", promote("publish"), DECIDERS),
    ("reject a story", on_story("story_reject", why="off-topic"), DECIDERS),
    ("reject several stories", reject_several, DECIDERS),
    ("restore a story", restore_story, DECIDERS),
    ("split a story", split, DECIDERS),
    ("move a source", move("move"), DECIDERS),
    ("merge stories", move("merge"), DECIDERS),
    ("assign a story", assign, DECIDERS),
    ("attach to a draft", attach(publish=False), ALL),
    ("attach to a public event", attach(publish=True), DECIDERS),
    ("add a source", add_source, ALL),
    ("cite on a public event", cite_publicly, DECIDERS),
    ("edit a draft", edit(publish=False), ALL),
    ("edit a public event", edit(publish=True), DECIDERS),
    ("publish a draft", edit(publish=False, _publish="1"), DECIDERS),
    ("retract an event", edit(publish=True, _retract="1", why="wrong"), DECIDERS),
    ("merge events", merge, DECIDERS),
    ("correct an event", correct, DECIDERS),
    ("restore a revision", restore_revision, DECIDERS),
    ("undo a decision", undo, DECIDERS),
    ("undo somebody's draft", undo_a_draft, DECIDERS),
    ("undo what was just done", undo_just_done, DECIDERS),
    ("answer a suggestion", answer, DECIDERS),
    ("change several events", change_many, DECIDERS),
    ("change an actor", named("actor"), DECIDERS),
    ("change a publisher", named("publisher"), DECIDERS),
    ("change a source", named("source"), DECIDERS),
    ("add an actor", page("events_actor_add"), DECIDERS),
    ("see people", page("events_user_changelist"), ADMINISTRATORS),
    ("add people", page("events_user_add"), ADMINISTRATORS),
]


def client_of(role: str) -> Client:
    client = Client()
    if role != "anonymous":
        client.force_login(make_user("" if role == "reader" else role))
    return client


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("build", "allowed"), [pytest.param(b, a, id=name) for name, b, a in MATRIX]
)
def test_a_role_reaches_what_it_may_and_nothing_else(
    role: str, build: Callable[[], Request], allowed: frozenset[str]
) -> None:
    method, address, fields = build()
    decided = Decision.objects.count()
    stood = list(Event.objects.order_by("pk").values_list("status", "revision_number"))
    response = getattr(client_of(role), method)(address, fields)
    if role in allowed:
        assert response.status_code in (200, 302)
        assert not response.headers.get("Location", "").startswith("/admin/login/")
        if method == "post" and not address.endswith(("/claim/", "/assign/")):  # leases
            assert Decision.objects.count() > decided
        return
    turned_away = response.headers.get("Location", "").startswith("/admin/login/")
    is_list_without_actions = address == reverse("admin:events_event_changelist")
    assert turned_away or response.status_code in (401, 403) or is_list_without_actions
    assert Decision.objects.count() == decided
    assert list(Event.objects.order_by("pk").values_list("status", "revision_number")) == stood


def addresses(patterns: list[Any], prefix: str = "/admin/") -> Iterator[str]:
    """Every address of the desk, filled in with a number."""
    for pattern in patterns:
        route = str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern.url_patterns, prefix + route)
        else:
            yield re.sub(r"\(\?P<\w+>.*?\)|<[\w:]+>", "1", prefix + route).rstrip("$")


OPEN = ("login", "logout", "jsi18n", "autocomplete", "two-factor", "password_change", "^(")


@pytest.mark.parametrize("role", ["anonymous", "reader"])
def test_no_address_of_the_desk_answers_whoever_has_no_role(role: str) -> None:
    client, story = client_of(role), make_story(1)
    found = [a for a in addresses(admin.site.get_urls()) if not a.startswith("/admin/^")]
    found += ["/admin/preview/1/", "/admin/preview/summary/", f"/admin/preview/story/{story.pk}/"]
    asked = [a for a in found if not any(name in a for name in OPEN)]
    assert len(asked) > 60
    for address in asked:
        for method in (client.get, client.post):
            response = method(address)
            turned_away = response.headers.get("Location", "").startswith("/admin/login/")
            assert turned_away or response.status_code in (401, 403, 405), address
