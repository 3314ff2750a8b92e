"""What a story proposes as an event."""

import pytest

from events.drafting.propose import propose_event
from events.ingestion.placing import place_sources
from events.models import Actor, Event, Source, Story
from tests.ingestion.test_placing import NVIDIA_A, NVIDIA_B, make_source

pytestmark = pytest.mark.django_db


def story_from(*sources: Source) -> Story:
    place_sources([source.pk for source in sources])
    return Story.objects.get(memberships__source=sources[0])


def test_a_story_becomes_a_draft_that_a_person_completes() -> None:
    nvidia = Actor.objects.create(slug="nvidia", name="Nvidia", kind="company", country="US")
    press = make_source(NVIDIA_A + " | Wire", publisher="Wire")
    paper = make_source(NVIDIA_B, publisher="Exchange", hours=2, kind=Source.Kind.OFFICIAL)
    draft = propose_event(story_from(press, paper))
    assert draft.title in (NVIDIA_A, NVIDIA_B)
    assert draft.title_is_quote
    assert draft.date == "2025-01-27"
    assert draft.actor_ids == (nvidia.pk,)
    assert draft.regions == ("US",)
    assert draft.category in Event.Category.values
    assert [(c.source_id, c.role) for c in draft.citations] == [
        (paper.pk, "primary"),
        (press.pk, "report"),
    ]


def test_one_citation_per_publisher_and_none_for_a_copy() -> None:
    first = make_source(NVIDIA_A, publisher="Wire")
    again = make_source(NVIDIA_B, publisher="Wire", hours=1)
    copy = make_source(NVIDIA_A, publisher="Post", hours=1, copy_of=first)
    draft = propose_event(story_from(first, again, copy))
    assert [c.source_id for c in draft.citations] == [first.pk]


def test_a_happening_that_the_record_has_is_recognized_with_reasons() -> None:
    event = Event.objects.create(
        slug="nvidia-rout",
        title="Nvidia loses a record $589 billion in a day",
        date="2025-01-27",
        category="market",
    )
    draft = propose_event(story_from(make_source(NVIDIA_A)))
    assert draft.looks_like[0].event_id == event.pk
    assert "nvidia" in draft.looks_like[0].reasons
