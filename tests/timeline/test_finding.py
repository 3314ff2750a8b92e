"""The columns in memory find what the database finds, and follow every change of the record."""

from __future__ import annotations

import datetime
import itertools

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from events.models import Actor, Claim, Event, Participation
from events.moderation.step import step
from tests.timeline.conftest import MakeEvent, make_actor
from timeline.column_keeper import Keeper, keeper
from timeline.edition import current_edition
from timeline.filters import FACETS, Filter
from timeline.finding import Found, find
from timeline.queries import Place, events_for, page_of

pytestmark = pytest.mark.django_db

QUERIES = [
    "",
    "q=releases",
    "q=-releases",
    "q=releases&category=policy",
    "category=policy,chips&region=CN",
    "actor=openai&tag=export-rule",
    "actor=google-brain",
    "tag=export-rule,open-weights&claims=disputed,refuted",
    "importance=2,3&from=2025",
    "to=2024",
    "from=2024-12-15&to=2025-01-05&region=US",
    "q=nothing-like-it&region=US",
]


@pytest.fixture
def _record(make_event: MakeEvent) -> None:
    dates = ["2024-12", "2025-01-20", "2025-01-20", "2025", "../2024", "2025-03/..", "2024-12-31"]
    regions: list[list[str]] = [["CN"], ["US"], ["US", "CN"], []]
    categories = ["policy", "chips", "model-release"]
    for number, date in enumerate(dates * 2):
        make_event(
            f"event-{number}",
            title=f"Event {number} {'releases' if number % 3 else 'announces'} something",
            date=date,
            category=categories[number % 3],
            importance=1 + number % 3,
            regions=regions[number % 4],
            tags=["export-rule", "open-weights", "of two words"][: number % 4],
            actors=(("OpenAI",), ("OpenAI", "Google Brain"), ("Google DeepMind",))[number % 3],
            claims=(("disputed", "disputed"), ("refuted", "supported"), ())[number % 3],
        )
    brain = Actor.objects.get(slug="google-brain")
    brain.merged_into = Actor.objects.get(slug="google-deepmind")
    brain.save()


def filter_of(query: str) -> Filter:
    return Filter.parse(QueryDict(query))


def counted(found: Found) -> dict[str, dict[str, int]]:
    facets = found.overview().facets
    return {name: {c.value: c.count for c in counts} for name, counts in facets.items()}


@pytest.mark.usefixtures("_record")
def test_a_filter_finds_and_counts_what_the_database_finds() -> None:
    for query in QUERIES:
        filter = filter_of(query)
        found = find(filter, current_edition())
        assert found.total == events_for(filter).count(), query
        for facet, counts in counted(found).items():
            for value, count in counts.items():
                clicked = filter.only(facet, value)
                assert events_for(clicked).count() == count, (query, facet, value)
        everywhere = events_for(filter.without("since").without("until"))
        months = found.overview().months.values()
        assert sum(sum(month.values()) for month in months) == everywhere.count(), query


@pytest.mark.usefixtures("_record")
def test_pages_are_those_of_the_database() -> None:
    for filter in map(filter_of, ["", "q=releases", "region=US"]):
        found = find(filter, current_edition())
        places = [Place.of(event, "date") for event in events_for(filter)]
        places.append(Place.end_of_month(datetime.date(2024, 12, 1)))
        assert found.page(size=3) == page_of(filter, size=3)
        for place in places:
            assert found.page(size=3, after=place) == page_of(filter, size=3, after=place)
            assert found.page(size=3, before=place) == page_of(filter, size=3, before=place)


def _retract() -> None:
    event = Event.objects.get(slug="event-1")
    event.status, event.status_reason = "retracted", "It did not happen."
    event.save()


def _recategorize() -> None:
    event = Event.objects.get(slug="event-2")
    event.category, event.regions, event.date = "talent", ["JP"], "2019-05"
    event.save()


def _drop_parts() -> None:
    Participation.objects.filter(event__slug="event-1").delete()
    Claim.objects.filter(event__slug="event-1").first().delete()  # type: ignore[union-attr]


def _take_part() -> None:
    event = Event.objects.get(slug="event-4")
    Participation.objects.create(event=event, actor=make_actor("Newcomer"))


def _rename_and_merge() -> None:
    Actor.objects.filter(slug="openai").update(name="OpenAI Group", merged_into=make_actor("Open"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_record")
def test_columns_follow_every_change_and_forget_what_was_undone() -> None:
    following = Keeper()
    following.at(current_edition())
    for change in (_retract, _recategorize, _drop_parts, _take_part, _rename_and_merge):
        with transaction.atomic():
            with step(by=None, reason="to be undone"):
                change()
            assert described(following) == described(Keeper())
            transaction.set_rollback(True)
        assert described(following) == described(Keeper())
        with step(by=None, reason="for a test"):
            change()
        assert described(following) == described(Keeper()), change


def described(keeper: Keeper) -> list[object]:
    """All that the columns say of the present edition."""
    columns = keeper.at(current_edition())
    founds = [Found(filter_of(query), columns) for query in QUERIES]
    return [(counted(found), found.page(size=20)) for found in founds]


@pytest.mark.usefixtures("_record")
def test_only_the_words_of_a_question_are_asked_of_the_database_and_only_once() -> None:
    edition = current_edition()
    keeper.at(edition)
    asked = []
    for query in itertools.chain(["region=US&claims=disputed"], ["q=announces&region=US"] * 2):
        filter = filter_of(query)
        with CaptureQueriesContext(connection) as queries:
            find(filter, edition).overview()
        asked.append(len(queries))
    assert asked == [0, 1, 0]


def test_an_empty_record_has_no_counts() -> None:
    found = find(filter_of("q=anything"), current_edition())
    assert (found.total, counted(found)) == (0, {name: {} for name in FACETS})
