"""Which story a new source goes to, and what the machine may not touch."""

import datetime

import pytest

from events.ingestion.placing import place_sources
from events.models import Publisher, Source, Story, StoryMembership

pytestmark = pytest.mark.django_db

MORNING = datetime.datetime(2025, 1, 27, 8, tzinfo=datetime.UTC)
NVIDIA_A = "Nvidia loses record $589 billion as DeepSeek rattles AI stocks"
NVIDIA_B = "DeepSeek rattles AI stocks: Nvidia sheds $589 billion, a record"


def make_source(
    title: str, *, publisher: str = "Wire", hours: float = 0, **fields: object
) -> Source:
    owner, _ = Publisher.objects.get_or_create(name=publisher, slug=publisher.lower())
    number = Source.objects.count()
    at = MORNING + datetime.timedelta(hours=hours)
    url = f"https://{publisher.lower()}.example/{number}"
    values = {"title": title, "publisher": owner, "published_at": at, "first_seen_at": at}
    return Source.objects.create(canonical_url=url, url=url, **{**values, **fields})


def story_of(source: Source) -> Story:
    return Story.objects.get(memberships__source=source)


def test_reworded_headlines_of_one_happening_share_a_story_that_says_why() -> None:
    first = make_source(NVIDIA_A, publisher="Wire")
    second = make_source(NVIDIA_B, publisher="Post", hours=3)
    place_sources([first.pk, second.pk])
    story = story_of(first)
    assert story == story_of(second)
    assert (story.source_count, story.publisher_count) == (2, 2)
    assert story.first_source_at == first.published_at
    assert story.last_source_at == second.published_at
    membership = StoryMembership.objects.get(source=second)
    assert 0 < membership.score <= 1
    assert membership.signals


def test_different_happenings_stay_apart() -> None:
    sources = [make_source(NVIDIA_A), make_source("EU court fines airline over refunds")]
    place_sources([source.pk for source in sources])
    assert Story.objects.count() == 2


def test_two_posts_of_one_publisher_are_less_surely_one_happening_than_of_two() -> None:
    def score(first: str, second: str, days: int) -> float:
        sources = [
            make_source(title, publisher=publisher, hours=24 * days)
            for title, publisher in ((NVIDIA_A, first), (NVIDIA_B, second))
        ]
        place_sources([source.pk for source in sources])
        return StoryMembership.objects.get(source=sources[1]).score

    assert score("Wire", "Wire", days=0) < score("Wire", "Post", days=30)


@pytest.mark.parametrize("at_once", [True, False])
def test_the_first_source_of_a_story_is_as_sure_of_it_as_those_that_joined(at_once: bool) -> None:
    titles = [NVIDIA_A, NVIDIA_B, "Nvidia stock loses $589 billion on DeepSeek fears, a record"]
    ids = [make_source(title, publisher=f"P{n}", hours=n).pk for n, title in enumerate(titles)]
    for handful in [ids] if at_once else [[pk] for pk in ids]:
        place_sources(handful)
    assert Story.objects.count() == 1
    scores = dict(StoryMembership.objects.values_list("source_id", "score"))
    # Each pair's probability is in the means of two, so the scores tell all three pairs.
    total = sum(scores.values())
    pairs = [total - 2 * scores[pk] for pk in ids]
    assert all(0 < pair < 1 for pair in pairs)
    assert max(scores.values()) < 1


def test_a_source_that_joins_doubtfully_makes_the_first_one_no_surer_voice() -> None:
    first = make_source("Nvidia sheds $589 billion", publisher="Wire")
    second = make_source(NVIDIA_B, publisher="Post", hours=1)
    place_sources([first.pk])
    assert StoryMembership.objects.get(source=first).score == 1
    place_sources([second.pk])
    scores = set(StoryMembership.objects.values_list("score", flat=True))
    assert len(scores) == 1


def test_placing_twice_changes_nothing() -> None:
    ids = [make_source(NVIDIA_A).pk, make_source(NVIDIA_B, publisher="Post").pk]
    place_sources(ids)
    before = list(StoryMembership.objects.values()), list(Story.objects.values())
    place_sources(ids)
    assert (list(StoryMembership.objects.values()), list(Story.objects.values())) == before


def test_a_copy_is_not_another_voice() -> None:
    original = make_source(NVIDIA_A, publisher="Wire")
    copy = make_source(NVIDIA_A, publisher="Post", hours=1, copy_of=original)
    place_sources([original.pk, copy.pk])
    story = story_of(original)
    assert story == story_of(copy)
    assert (story.source_count, story.publisher_count) == (2, 1)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"is_frozen": True}, id="a person arranged it"),
        pytest.param({"state": "rejected", "reject_reason": "other"}, id="a person rejected it"),
    ],
)
def test_a_story_that_a_person_decided_gets_no_new_source(fields: dict[str, object]) -> None:
    first = make_source(NVIDIA_A)
    place_sources([first.pk])
    Story.objects.update(**fields)
    second = make_source(NVIDIA_B, publisher="Post", hours=1)
    place_sources([second.pk])
    assert story_of(second) != story_of(first)
    assert story_of(first).source_count == 1


def test_a_saga_is_not_joined_across_the_window() -> None:
    early = make_source(NVIDIA_A)
    late = make_source(NVIDIA_B, publisher="Post", hours=24 * 9)
    place_sources([early.pk, late.pk])
    assert Story.objects.count() == 2


def test_a_date_in_the_future_counts_as_seen_now() -> None:
    first = make_source(NVIDIA_A)
    ahead = MORNING + datetime.timedelta(days=400)
    second = make_source(NVIDIA_B, publisher="Post", hours=1, published_at=ahead)
    place_sources([first.pk, second.pk])
    assert story_of(first) == story_of(second)
    assert story_of(first).last_source_at == second.first_seen_at
