"""Whatever people arranged, re-clustering leaves it so; and it always comes to rest."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.ingestion.regrouping import regroup_stories
from events.models import Story, StoryMembership
from tests.ingestion.test_placing import MORNING, NVIDIA_A, NVIDIA_B, make_source
from tests.ingestion.test_regrouping import NOW

pytestmark = pytest.mark.django_db
TITLES = (
    NVIDIA_A,
    NVIDIA_B,
    "EU court fines airline over refunds",
    "Airline fined by EU court over refunds",
    "DeepSeek rattles AI stocks as Nvidia loses $589 billion",
    "Lyon zoo welcomes two red pandas",
)
STORIES = 4
ARRANGED: tuple[dict[str, Any], ...] = (
    {},
    {"is_frozen": True},
    {"state": "rejected", "reject_reason": "other"},
)
places = st.tuples(st.integers(0, STORIES - 1), st.booleans())


@given(
    placed=st.lists(places, min_size=len(TITLES), max_size=len(TITLES)),
    arranged=st.lists(st.sampled_from(ARRANGED), min_size=STORIES, max_size=STORIES),
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_regrouping_touches_what_people_arranged(
    placed: list[tuple[int, bool]], arranged: list[dict[str, Any]]
) -> None:
    with transaction.atomic():
        stories = [Story.objects.create(title=f"S{n}", last_source_at=MORNING) for n in range(4)]
        for number, (title, (story, is_confirmed)) in enumerate(zip(TITLES, placed, strict=True)):
            StoryMembership.objects.create(
                source=make_source(title, publisher=f"Paper{number}"),
                story=stories[story],
                is_confirmed=is_confirmed,
            )
        for story_row, fields in zip(stories, arranged, strict=True):
            Story.objects.filter(pk=story_row.pk).update(**fields)
        kept = arrangement(stories, arranged)
        regroup_stories(NOW)
        assert arrangement(stories, arranged) == kept
        assert regroup_stories(NOW) == 0
        assert StoryMembership.objects.count() == len(TITLES)
        transaction.set_rollback(True)


def arrangement(stories: list[Story], arranged: list[dict[str, Any]]) -> list[Any]:
    """Members of the stories that people arranged, and where they confirmed a source to stand."""
    theirs = [story.pk for story, fields in zip(stories, arranged, strict=True) if fields]
    members = StoryMembership.objects.filter(story__in=theirs)
    confirmed = StoryMembership.objects.filter(is_confirmed=True)
    return [
        sorted(found.values_list("source_id", "story_id", "story__state", "story__is_frozen"))
        for found in (members, confirmed)
    ]
