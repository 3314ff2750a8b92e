"""What re-clustering puts right, and what it may not touch."""

import datetime
from typing import Any

import pytest

from events.ingestion.group_certainty import SURE
from events.ingestion.placing import place_sources
from events.ingestion.regrouping import regroup_stories
from events.ingestion.story_counts import refresh_stories
from events.models import Source, Story, StoryMembership, TermFrequency
from tests.ingestion.test_placing import MORNING, NVIDIA_A, NVIDIA_B, make_source, story_of

pytestmark = pytest.mark.django_db
NOW = MORNING + datetime.timedelta(days=1)


def put(source: Source, story: Story) -> None:
    StoryMembership.objects.update_or_create(source=source, defaults={"story": story})


def two_stories_of_one_happening() -> tuple[Source, Source]:
    first, second = make_source(NVIDIA_A), make_source(NVIDIA_B, publisher="Post", hours=1)
    for source in (first, second):
        put(source, Story.objects.create(title=source.title, last_source_at=MORNING))
    return first, second


def test_stories_of_one_happening_become_one_and_the_other_leads_there() -> None:
    first, second = two_stories_of_one_happening()
    left = story_of(second)
    assert regroup_stories(NOW) == 1
    story = story_of(first)
    assert story == story_of(second)
    assert (story.source_count, story.publisher_count) == (2, 2)
    left.refresh_from_db()
    assert (left.state, left.merged_into) == (Story.State.MERGED, story)
    assert "because" in StoryMembership.objects.get(source=second).signals


def test_a_source_in_the_wrong_story_gets_its_own() -> None:
    first = make_source(NVIDIA_A)
    stray = make_source("EU court fines airline over refunds", publisher="Post")
    story = Story.objects.create(title="Both", last_source_at=MORNING)
    put(first, story)
    put(stray, story)
    assert regroup_stories(NOW) == 1
    assert story_of(first) != story_of(stray)
    assert Story.objects.filter(state=Story.State.OPEN).count() == 2


@pytest.mark.parametrize(
    "arranged",
    [
        pytest.param({"is_frozen": True}, id="frozen"),
        pytest.param({"state": "rejected", "reject_reason": "other"}, id="decided"),
        pytest.param({"assigned_until": NOW + datetime.timedelta(minutes=5)}, id="in work"),
    ],
)
def test_a_story_in_a_persons_hands_is_left_alone(arranged: dict[str, Any]) -> None:
    first, second = two_stories_of_one_happening()
    Story.objects.filter(memberships__source=first).update(**arranged)
    assert regroup_stories(NOW) == 0
    assert story_of(first) != story_of(second)


def test_a_confirmed_membership_stays_and_draws_the_others() -> None:
    first, second = two_stories_of_one_happening()
    kept = story_of(second)
    StoryMembership.objects.filter(source=second).update(is_confirmed=True)
    regroup_stories(NOW)
    assert story_of(second) == kept
    assert story_of(first) == kept


def test_copies_follow_their_original() -> None:
    first, second = two_stories_of_one_happening()
    copy = make_source(NVIDIA_B, publisher="Third", hours=2, copy_of=second)
    put(copy, story_of(second))
    regroup_stories(NOW)
    assert story_of(copy) == story_of(second) == story_of(first)
    assert story_of(copy).publisher_count == 2


def test_a_publisher_of_whom_the_machine_is_not_sure_is_no_voice_until_a_person_says_so() -> None:
    first, second = make_source(NVIDIA_A), make_source(NVIDIA_B, publisher="Post", hours=1)
    story = Story.objects.create(title=first.title, last_source_at=MORNING)
    put(first, story)
    put(second, story)
    doubtful = StoryMembership.objects.filter(source=second)
    doubtful.update(score=SURE - 0.01)
    refresh_stories([story.pk])
    story.refresh_from_db()
    assert (story.source_count, story.publisher_count) == (2, 1)
    doubtful.update(is_confirmed=True)
    refresh_stories([story.pk])
    story.refresh_from_db()
    assert (story.source_count, story.publisher_count) == (2, 2)


def test_sources_that_stay_are_scored_anew_unless_a_person_confirmed_them() -> None:
    sources = [make_source(NVIDIA_A), make_source(NVIDIA_B, publisher="Post", hours=1)]
    story = Story.objects.create(title=NVIDIA_A, last_source_at=MORNING)
    for source in sources:
        put(source, story)
    StoryMembership.objects.update(score=0.31)
    StoryMembership.objects.filter(source=sources[1]).update(is_confirmed=True)
    assert regroup_stories(NOW) == 0
    assert StoryMembership.objects.get(source=sources[0]).score >= SURE
    assert StoryMembership.objects.get(source=sources[1]).score == 0.31
    assert story_of(sources[0]).publisher_count == 2


def test_regrouping_twice_changes_nothing_and_counts_terms_anew() -> None:
    sources = two_stories_of_one_happening()
    regroup_stories(NOW)
    before = list(StoryMembership.objects.order_by("pk").values())
    assert regroup_stories(NOW + datetime.timedelta(minutes=5)) == 0
    assert list(StoryMembership.objects.order_by("pk").values()) == before
    assert TermFrequency.objects.get().document_count == len(sources)


def test_without_open_stories_there_is_nothing_to_do() -> None:
    assert regroup_stories(NOW) == 0


def test_what_was_placed_well_stays_as_placed() -> None:
    ids = [make_source(NVIDIA_A).pk, make_source(NVIDIA_B, publisher="Post", hours=1).pk]
    place_sources(ids)
    assert regroup_stories(NOW) == 0
