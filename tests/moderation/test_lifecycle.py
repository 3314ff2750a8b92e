"""Rules of an event's life."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from events.models import Decision, Edition, Revision
from events.moderation import lifecycle
from events.moderation.acts import Conflict
from events.moderation.corrections import correct_event
from events.moderation.step import ModerationError
from tests.moderation.making import make_draft, make_event, make_source, make_user

pytestmark = pytest.mark.django_db


def test_every_step_leaves_a_decision_and_a_revision_that_name_person_and_reason() -> None:
    event, by = make_event(publish=False), make_user()
    lifecycle.amend(event, by=by, reason="typo", title="DeepSeek releases R1 weights")
    decision, revision = Decision.objects.first(), Revision.objects.filter(event=event).first()
    assert decision is not None
    assert revision is not None
    assert (decision.action, decision.by, decision.reason) == ("edit", by, "typo")
    assert (revision.by, revision.reason, revision.number) == (by, "typo", 2)
    assert decision.detail["events"] == {str(event.pk): {"before": 1, "after": 2}}


def test_an_edit_that_changes_nothing_leaves_no_decision() -> None:
    event = make_event()
    count = Decision.objects.count()
    lifecycle.amend(event, by=make_user(), title=event.title)
    assert Decision.objects.count() == count


def test_an_edit_from_an_older_revision_is_refused_and_nothing_is_written() -> None:
    event = make_event()
    lifecycle.amend(event, by=make_user(), expected=event.revision_number, title="First")
    with pytest.raises(Conflict):
        lifecycle.amend(event, by=make_user(), expected=event.revision_number, title="Second")
    event.refresh_from_db()
    assert event.title == "First"


def test_a_minor_edit_does_not_tell_readers_that_the_event_changed() -> None:
    event = make_event()
    changed = lifecycle.amend(event, by=make_user(), is_minor=True, title="DeepSeek releases R-1")
    assert changed.last_changed_at == event.last_changed_at


def test_a_retracted_event_says_why_and_can_come_back() -> None:
    event, by = make_event(), make_user()
    with pytest.raises(ModerationError, match="Say publicly why"):
        lifecycle.retract_event(event, by=by, reason=" ")
    event = lifecycle.retract_event(event, by=by, reason="It did not happen.")
    assert (event.status, event.status_reason) == ("retracted", "It did not happen.")
    event = lifecycle.restore_event(event, by=by, reason="It did.")
    assert (event.status, event.status_reason) == ("published", "")


def test_a_discarded_draft_comes_back_as_a_draft_and_moves_no_edition() -> None:
    before = Edition.objects.values_list("number", flat=True).first()
    event, by = make_event(publish=False), make_user("contributor")
    lifecycle.discard_draft(event, by=by, reason="duplicate")
    event = lifecycle.restore_event(event, by=make_user())
    assert event.status == "draft"
    assert Edition.objects.values_list("number", flat=True).first() == before


def test_contributors_edit_drafts_and_cannot_touch_what_is_public() -> None:
    by = make_user("contributor")
    lifecycle.amend(make_event(publish=False), by=by, title="Better")
    event = make_event(title="Public")
    with pytest.raises(PermissionDenied):
        lifecycle.amend(event, by=by, title="x")
    with pytest.raises(PermissionDenied):
        lifecycle.retract_event(event, by=by, reason="x")
    with pytest.raises(PermissionDenied):
        lifecycle.publish_event(make_event(publish=False, title="Y"), by=by)


def test_one_source_may_back_several_events() -> None:
    source = make_source()
    for title in ("One", "Two"):
        event = lifecycle.create_event(make_draft(title=title), by=make_user())
        lifecycle.add_citation(event, source, "report", by=make_user())
    assert source.citations.count() == 2


def test_events_of_one_title_get_addresses_of_their_own() -> None:
    first, second = make_event(), make_event()
    assert (first.slug, second.slug) == ("deepseek-releases-r1", "deepseek-releases-r1-2")


@pytest.mark.parametrize(
    "sql", ["UPDATE events_correction SET text = 'x'", "DELETE FROM events_correction"]
)
def test_a_public_correction_stays_as_it_was_written(sql: str) -> None:
    correct_event(make_event(), by=make_user(), reason="It was 671 billion.")
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        connection.cursor().execute(sql)
