"""Whatever was done at the desk can be taken back, exactly."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from events.models import (
    Citation,
    Claim,
    Decision,
    Event,
    Relation,
    Revision,
    Source,
    Story,
    StoryMembership,
    Suggestion,
    User,
)
from events.moderation import lifecycle, merging, stories
from events.moderation.sources import NewSource, add_source
from events.moderation.step import ModerationError, step
from events.moderation.story_state import read_state
from events.moderation.suggestions import answer_suggestion
from events.moderation.undo import undo
from tests.moderation.making import make_draft, make_event, make_source, make_story, make_user

pytestmark = pytest.mark.django_db
STEPS = 30
SOURCES_IN_STORIES = 6  # each in one story, whatever happens to the stories


class Desk:
    """Takes steps on whatever the numbers drawn point at."""

    def __init__(self) -> None:
        self.by: User = make_user()
        events = [make_event(title=title) for title in ("One", "Two", "Three")]
        events.append(make_event(publish=False, title="Four"))
        with step(by=None):
            Relation.objects.create(from_event=events[0], to_event=events[1], kind="follows")
            Relation.objects.create(from_event=events[2], to_event=events[1], kind="part-of")
            claim = Claim.objects.create(event=events[1], text="It is so.", said_by="Somebody")
            claim.citations.create(source=make_source())
        for _ in range(3):
            make_story(2)

    def event(self, number: int) -> Event:
        events = list(Event.objects.order_by("pk"))
        return events[number % len(events)]

    def story(self, number: int) -> Story:
        found = list(Story.objects.order_by("pk"))
        return found[number % len(found)]

    def source(self, number: int) -> Source:
        found = list(Source.objects.order_by("pk"))
        return found[number % len(found)]

    def create(self, a: int, b: int) -> None:
        draft = make_draft(title=f"New {a}", citations=((self.source(b).pk, "report"),))
        lifecycle.create_event(draft, by=self.by)

    def edit(self, a: int, b: int) -> None:
        lifecycle.amend(self.event(a), by=self.by, title=f"Title {b}", tags=[f"tag-{b}"])

    def cite(self, a: int, b: int) -> None:
        lifecycle.add_citation(self.event(a), self.source(b), "analysis", by=self.by)

    def claim(self, a: int, b: int) -> None:
        with lifecycle.editing(self.event(a), by=self.by) as (event, _):
            claim = Claim.objects.create(event=event, text=f"Claim {b}", said_by="Somebody")
            claim.citations.create(source=self.source(b))

    def uncite(self, a: int, b: int) -> None:
        with lifecycle.editing(self.event(a), by=self.by) as (event, _):
            event.citations.filter(pk=event.citations.values("pk")[:1]).delete()

    def split(self, a: int, b: int) -> None:
        story = self.story(a)
        stories.split_story(story, list(story.sources.order_by("pk")[:1]), by=self.by)

    def move(self, a: int, b: int) -> None:
        stories.move_source(self.source(a), self.story(b), by=self.by)

    def merge(self, a: int, b: int) -> None:
        merging.merge_events(self.event(a), self.event(b), by=self.by)

    def merge_stories(self, a: int, b: int) -> None:
        stories.merge_stories(self.story(a), self.story(b), by=self.by)

    def unmerge(self, a: int, b: int) -> None:
        merged = list(Event.objects.filter(status="merged").order_by("pk"))
        if merged:
            merging.unmerge_event(merged[a % len(merged)], by=self.by)

    def promote(self, a: int, b: int) -> None:
        story = self.story(a)
        draft = make_draft(title=f"Story {b}", citations=stories.citations_of(story))
        stories.promote_story(story, draft, by=self.by)

    def attach(self, a: int, b: int) -> None:
        stories.attach_story(self.story(a), self.event(b), by=self.by)

    def reject(self, a: int, b: int) -> None:
        stories.reject_story(self.story(a), by=self.by, why="off-topic")

    def retract(self, a: int, b: int) -> None:
        lifecycle.retract_event(self.event(a), by=self.by, reason="wrong")

    def publish(self, a: int, b: int) -> None:
        lifecycle.publish_event(self.event(a), by=self.by)

    def discard(self, a: int, b: int) -> None:
        lifecycle.discard_draft(self.event(a), by=self.by, reason="not needed")

    def restore_story(self, a: int, b: int) -> None:
        stories.restore_story(self.story(a), by=self.by)

    def relate(self, a: int, b: int) -> None:
        event, other = self.event(a), self.event(b)
        if event.pk != other.pk and not event.relations_out.filter(to_event=other).exists():
            with lifecycle.editing(event, by=self.by) as (event, _):
                Relation.objects.create(from_event=event, to_event=other, kind="follows")

    def undo_last(self, a: int, b: int) -> None:
        undo(Decision.objects.latest("pk"), by=self.by)

    def restore(self, a: int, b: int) -> None:
        lifecycle.restore_event(self.event(a), by=self.by)

    def restore_revision(self, a: int, b: int) -> None:
        event = self.event(a)
        lifecycle.restore_revision(event, 1 + b % event.revision_number, by=self.by)

    def bulk_edit(self, a: int, b: int) -> None:
        seen = {e.pk: e.revision_number for e in (self.event(a), self.event(b))}
        lifecycle.amend_many(seen, by=self.by, importance=1 + b % 3)


OPERATIONS: tuple[Callable[[Desk, int, int], None], ...] = tuple(
    operation
    for name, operation in vars(Desk).items()
    if not name.startswith("_") and name not in ("event", "story", "source")
)
step_taken = st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 50), st.integers(0, 50))


def answers(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: list[Any] = cursor.fetchall()
    return found


def record() -> dict[str, Any]:
    """Everything, without when an event was first public: undoing that does not deny it."""
    found: dict[str, Any] = {}
    for pk, text in answers("SELECT id, record_snapshot(id) FROM events_event"):
        snapshot = json.loads(text) if isinstance(text, str) else text
        snapshot["event"]["first_published_at"] = None
        found[f"event {pk}"] = snapshot
    return found | {f"story {story.pk}": read_state(story) for story in Story.objects.all()}


NOT_REVISED = """
SELECT e.id FROM events_event e
LEFT JOIN events_revision r ON r.event_id = e.id AND r.number = e.revision_number
WHERE r.snapshot IS DISTINCT FROM record_snapshot(e.id)
"""


def require_sound(since: int) -> None:
    """What holds after every step."""
    assert answers(NOT_REVISED) == []
    assert not Citation.objects.filter(event=None, claim=None).exists()
    assert not Event.objects.filter(status="merged", merged_into=None).exists()
    assert not Story.objects.filter(state="open", memberships=None).exists()
    for decision in Decision.objects.filter(pk__gt=since):
        for pk, numbers in decision.detail["events"].items():
            first = numbers["before"] or 0
            written = Revision.objects.filter(
                event=pk, number__gt=first, number__lte=numbers["after"]
            )
            assert written.count() == numbers["after"] - first
    assert not Event.objects.published().filter(citations=None).exists()
    assert StoryMembership.objects.exclude(story__state="merged").count() == SOURCES_IN_STORIES


@settings(
    max_examples=int(os.environ.get("UNDO_EXAMPLES", "6")),  # `make prove-undo` takes many
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking 30 steps takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(step_taken, min_size=STEPS, max_size=STEPS))
def test_undoing_all_of_any_thirty_steps_gives_back_the_first_state_exactly(
    db: None, steps: list[tuple[Callable[[Desk, int, int], None], int, int]]
) -> None:
    with transaction.atomic():
        desk = Desk()
        first = stood = record()
        start = Decision.objects.latest("pk").pk
        for operation, a, b in steps:
            before = Decision.objects.latest("pk").pk
            is_refused = False
            try:
                operation(desk, a, b)
            except ModerationError:
                is_refused = True
            now = record()
            assert now == stood or not is_refused, "a refused step leaves nothing behind"
            assert Decision.objects.filter(pk__gt=before).count() == int(now != stood)
            require_sound(before)
            stood = now
        for decision in Decision.objects.filter(pk__gt=start).order_by("-pk"):
            undo(decision, by=desk.by)
            require_sound(decision.pk)
        last = record()
        assert {name: last[name] for name in first} == first
        for name in last.keys() - first.keys():
            state = last[name]
            assert (
                state["event"]["status"] == "retracted"
                if "event" in state
                else not state["memberships"]
            )
        transaction.set_rollback(True)


def test_an_undone_step_can_be_done_again_by_undoing_the_undoing() -> None:
    event, by = make_event(), make_user()
    lifecycle.amend(event, by=by, title="Second")
    edit = Decision.objects.latest("pk")
    undone = undo(edit, by=by)
    event.refresh_from_db()
    assert event.title == "DeepSeek releases R1"
    undo(undone, by=by)
    event.refresh_from_db()
    assert event.title == "Second"


def test_a_step_is_not_undone_over_later_ones() -> None:
    event, by = make_event(), make_user()
    lifecycle.amend(event, by=by, title="Second")
    edit = Decision.objects.latest("pk")
    lifecycle.amend(event, by=by, title="Third")
    with pytest.raises(ModerationError, match="undo the later step first"):
        undo(edit, by=by)


def test_what_has_been_read_or_entered_stays_done() -> None:
    by = make_user()
    suggestion = Suggestion.objects.create(kind="event", text="R1 is out.")
    answer_suggestion(suggestion, by=by, accepted=False, reason="We have it.")
    add_source(NewSource("R1", "https://a.example/r1"), by=by)
    for decision in Decision.objects.all():
        with pytest.raises(ModerationError, match="take a new one"):
            undo(decision, by=by)
    assert Decision.objects.count() == 2
