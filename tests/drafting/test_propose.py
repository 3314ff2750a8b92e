"""What a story proposes as an event."""

import datetime

import pytest
from django.utils import timezone

from events.drafting.propose import importance_of, looks_like, medoid, propose_event
from events.ingestion.placing import place_sources
from events.models import Actor, Event, Source, Story
from events.moderation.step import step
from tests.ingestion.test_placing import NVIDIA_A, NVIDIA_B, make_source

pytestmark = pytest.mark.django_db


def story_from(*sources: Source) -> Story:
    place_sources([source.pk for source in sources])
    return Story.objects.get(memberships__source=sources[0])


def nvidia_rout() -> Event:
    return Event.objects.create(
        slug="nvidia-rout",
        title="Nvidia loses a record $589 billion as DeepSeek rattles AI stocks",
        date="2025-01-27",
        category="market",
    )


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
    with step(by=None):
        event = nvidia_rout()
        other = Event.objects.create(
            slug="fine", title="EU court fines airline", date="2025-01-27", category="lawsuit"
        )
    draft = propose_event(story_from(make_source(NVIDIA_A)))
    assert draft.looks_like[0].event_id == event.pk
    assert "nvidia" in draft.looks_like[0].reasons
    assert other.pk not in [like.event_id for like in draft.looks_like]


def test_an_old_address_entered_by_hand_is_not_taken_for_news_of_the_day() -> None:
    with step(by=None):
        event = nvidia_rout()
    entered = make_source("Nvidia's record loss", published_at=None, first_seen_at=timezone.now())
    [like] = propose_event(story_from(entered)).looks_like
    assert like.event_id == event.pk


def test_the_day_stated_in_the_text_is_the_date() -> None:
    late = make_source(NVIDIA_A, hours=48, summary="Shares of Nvidia fell on Monday.")
    assert propose_event(story_from(late)).date == "2025-01-27"


def test_an_empty_story_is_drafted_from_its_own_title() -> None:
    draft = propose_event(Story.objects.create(title=NVIDIA_A))
    assert (draft.title, draft.title_is_quote, draft.citations) == (NVIDIA_A, False, ())


def test_without_any_date_the_day_it_was_seen_is_given_as_approximate() -> None:
    undated = make_source(NVIDIA_A, published_at=None)
    date = propose_event(story_from(undated)).date
    assert date == "2025-01-27~"
    with step(by=None):
        event = Event.objects.create(slug="about", title="About", date=date, category="market")
    event.refresh_from_db()
    assert (event.date, event.earliest) == (date, datetime.date(2025, 1, 27))


@pytest.mark.parametrize(("publishers", "importance"), [(1, 1), (2, 1), (3, 2), (5, 2), (6, 3)])
def test_importance_grows_with_publishers(publishers: int, importance: int) -> None:
    assert importance_of(publishers) == importance


def test_the_title_is_the_headline_nearest_to_the_others() -> None:
    odd = "Five things to read this weekend about investing"
    assert medoid([odd, NVIDIA_A, NVIDIA_B]) in (NVIDIA_A, NVIDIA_B)


def test_actors_of_the_event_it_looks_like_are_proposed_before_those_the_titles_name() -> None:
    named = Actor.objects.create(slug="nvidia", name="Nvidia", kind="company", country="US")
    known = Actor.objects.create(slug="liang", name="Liang Wenfeng", kind="person", country="CN")
    with step(by=None):
        event = nvidia_rout()
        event.actors.add(known)
    draft = propose_event(story_from(make_source(NVIDIA_A)))
    assert draft.actor_ids == (known.pk, named.pk)
    assert draft.regions == ("CN", "US")


def test_an_event_close_by_is_offered_as_a_relation_and_not_as_the_same() -> None:
    title = "Nvidia loses a record $589 billion as DeepSeek rattles AI stocks"
    with step(by=None):
        twins = [
            Event.objects.create(slug=slug, title=title, date="2025-01-27", category="market")
            for slug in ("rout", "rout-told-twice")
        ]
    draft = propose_event(story_from(make_source(NVIDIA_A)))
    assert len(draft.looks_like) == 1
    same = draft.looks_like[0].event_id
    assert [r.event_id for r in draft.relations] == [e.pk for e in twins if e.pk != same]
    assert draft.relations[0].kind == "follows"


def test_a_text_is_recognized_by_its_date_too() -> None:
    with step(by=None):
        event = nvidia_rout()
    text = "DeepSeek scares investors in Nvidia"
    (that_day,) = looks_like(text, "2025-01-27")
    later = looks_like(text, "2025-06-11")
    assert that_day.event_id == event.pk
    assert that_day.alone > max((like.alone for like in later), default=0) + 0.3
