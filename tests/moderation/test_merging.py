"""Rules of merging events and of taking a merge back."""

import pytest

from events.models import Claim, Event, Relation
from events.moderation import lifecycle, merging
from events.moderation.snapshots import read_snapshot
from events.moderation.step import ModerationError
from tests.moderation.making import make_event, make_source, make_user

pytestmark = pytest.mark.django_db


def two_events() -> tuple[Event, Event]:
    event, into = make_event(title="R1 is out"), make_event(title="DeepSeek releases R1")
    shared = make_source()
    for one in (event, into):
        lifecycle.add_citation(one, shared, "report", by=None)
    with lifecycle.editing(event, by=None) as (event, _):
        claim = Claim.objects.create(event=event, text="It is open.", said_by="DeepSeek")
        claim.citations.create(source=shared)
        event.dates.create(kind="announced", date="2025-01-19")
    return event, into


def test_merging_moves_what_the_other_has_not_and_leads_there() -> None:
    event, into = two_events()
    third = make_event(title="Nvidia falls")
    with lifecycle.editing(third, by=None):
        Relation.objects.create(from_event=third, to_event=event, kind="responds-to")
    merging.merge_events(event, into, by=make_user(), reason="the same release")
    event.refresh_from_db()
    assert (event.status, event.merged_into) == ("merged", into)
    assert into.citations.count() == 3
    assert into.claims.get().citations.count() == 1
    assert into.dates.get().date == "2025-01-19"
    assert third.relations_out.get().to_event == into


def test_unmerging_restores_both_exactly() -> None:
    event, into = two_events()
    third = make_event(title="Nvidia falls")
    with lifecycle.editing(third, by=None):
        Relation.objects.create(from_event=third, to_event=event, kind="responds-to")
    stood = [read_snapshot(one) for one in (event, into, third)]
    merging.merge_events(event, into, by=make_user())
    merging.unmerge_event(event, by=make_user())
    assert [read_snapshot(one) for one in (event, into, third)] == stood


def test_unmerging_keeps_what_was_written_on_the_other_event_since() -> None:
    event, into = two_events()
    stood = read_snapshot(event)
    merging.merge_events(event, into, by=make_user())
    lifecycle.amend(into, by=make_user(), title="DeepSeek releases R1 and R1-Zero")
    merging.unmerge_event(event, by=make_user())
    into.refresh_from_db()
    assert read_snapshot(event) == stood
    assert (into.title, into.citations.count()) == ("DeepSeek releases R1 and R1-Zero", 2)


def test_merging_is_refused_where_readers_would_lose_the_event() -> None:
    event, draft = make_event(), make_event(publish=False, title="Draft")
    with pytest.raises(ModerationError, match="merge the draft into it"):
        merging.merge_events(event, draft, by=make_user())
    with pytest.raises(ModerationError, match="into itself"):
        merging.merge_events(event, event, by=make_user())
