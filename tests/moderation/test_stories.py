"""Rules of what becomes of a story."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from events.models import Decision, Event, Story, StoryMembership
from events.moderation import leases, stories
from events.moderation.step import ModerationError
from tests.moderation.making import make_draft, make_event, make_source, make_story, make_user

pytestmark = pytest.mark.django_db


def test_a_promoted_story_gives_a_draft_with_its_citations_and_a_decision() -> None:
    story, by = make_story(3), make_user("contributor")
    draft = make_draft(citations=stories.citations_of(story))
    event = stories.promote_story(story, draft, by=by, reason="first report")
    story.refresh_from_db()
    assert (event.status, event.citations.count()) == ("draft", 3)
    assert (story.state, story.event) == ("promoted", event)
    decision = Decision.objects.get()
    assert (decision.action, decision.by, decision.reason) == ("promote", by, "first report")
    assert (decision.event, decision.story, decision.is_public) == (event, story, False)


def test_promoting_and_publishing_at_once_leaves_two_decisions_of_which_one_is_public() -> None:
    story = make_story(3)
    draft = make_draft(citations=stories.citations_of(story))
    event = stories.promote_story(story, draft, by=make_user(), publish=True)
    assert event.status == "published"
    found = Decision.objects.order_by("pk").values_list("action", "is_public")
    assert list(found) == [("promote", False), ("publish", True)]


def test_promotion_that_cannot_be_published_leaves_nothing_behind() -> None:
    story = make_story(3)
    with pytest.raises(ModerationError, match="needs at least one source"):
        stories.promote_story(story, make_draft(), by=make_user(), publish=True)
    story.refresh_from_db()
    assert (story.state, Event.objects.count(), Decision.objects.count()) == ("open", 0, 0)


def test_a_story_is_settled_once() -> None:
    story = make_story(1)
    stories.reject_story(story, by=make_user(), why="off-topic")
    with pytest.raises(ModerationError, match="rejected already"):
        stories.promote_story(story, make_draft(), by=make_user())


@pytest.mark.parametrize(
    ("why", "reason", "message"),
    [
        pytest.param("", "", "Choose why", id="no reason chosen"),
        pytest.param("bored", "", "Choose why", id="a reason that is not on the list"),
        pytest.param("other", " ", "Say in words", id="other without words"),
    ],
)
def test_rejection_needs_a_reason(why: str, reason: str, message: str) -> None:
    with pytest.raises(ModerationError, match=message):
        stories.reject_story(make_story(1), by=make_user(), why=why, reason=reason)


def test_a_rejected_story_is_kept_and_can_wait_again() -> None:
    story = make_story(2)
    stories.reject_story(story, by=make_user(), why="too-minor", reason="a point release")
    stories.restore_story(story, by=make_user())
    story.refresh_from_db()
    assert (story.state, story.reject_reason, story.memberships.count()) == ("open", "", 2)


def test_attaching_cites_what_is_new_and_leaves_copies_folded() -> None:
    event, story = make_event(), make_story(2)
    copy = make_source(copy_of=story.sources.first())
    StoryMembership.objects.create(story=story, source=copy)
    known = event.citations.get().source
    StoryMembership.objects.create(story=story, source=known)
    stories.attach_story(story, event, by=make_user())
    assert event.citations.count() == 3
    assert not event.citations.filter(source=copy).exists()


def test_contributors_attach_to_drafts_but_not_to_what_is_public() -> None:
    by = make_user("contributor")
    stories.attach_story(make_story(1), make_event(publish=False), by=by)
    with pytest.raises(PermissionDenied):
        stories.attach_story(make_story(1), make_event(title="Another"), by=by)


def test_split_takes_sources_out_and_the_machine_leaves_both_stories_alone() -> None:
    story = make_story(3)
    gone = list(story.sources.order_by("pk")[:1])
    other = stories.split_story(story, gone, by=make_user())
    story.refresh_from_db()
    assert (list(other.sources.all()), story.source_count, other.source_count) == (gone, 2, 1)
    assert story.is_frozen
    assert other.is_frozen


def test_split_takes_some_sources_but_never_all() -> None:
    story = make_story(2)
    with pytest.raises(ModerationError, match="not all of them"):
        stories.split_story(story, list(story.sources.all()), by=make_user())


def test_a_story_left_empty_by_a_move_leads_to_where_its_source_went() -> None:
    old, new = make_story(1), make_story(2)
    source = old.sources.get()
    stories.move_source(source, new, by=make_user())
    old.refresh_from_db()
    assert (old.state, old.merged_into, new.sources.count()) == ("merged", new, 3)


def test_merged_story_leads_to_the_one_that_has_its_sources() -> None:
    old, new = make_story(2), make_story(1)
    stories.merge_stories(old, new, by=make_user())
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, old.merged_into) == (Story.State.MERGED, new)
    assert (new.source_count, new.publisher_count) == (3, 3)


def test_a_claimed_story_is_left_to_its_holder_until_the_lease_runs_out() -> None:
    story, holder, other = make_story(1), make_user(), make_user()
    now = timezone.now()
    leases.claim_story(story, by=holder, now=now)
    story.refresh_from_db()
    with pytest.raises(ModerationError, match=f"{holder} works on this story"):
        leases.claim_story(story, by=other, now=now)
    with pytest.raises(ModerationError, match="works on this story"):
        stories.reject_story(story, by=other, why="off-topic")
    leases.claim_story(story, by=other, now=now + datetime.timedelta(minutes=16))
    story.refresh_from_db()
    assert story.assigned_to == other
