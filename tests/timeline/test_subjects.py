"""Pages of actors, topics and regions: their own record, its first and latest event, claims."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from events.models import Claim
from events.moderation.step import step
from tests.timeline.conftest import MakeEvent, make_actor
from tests.timeline.test_pages import text_of

pytestmark = pytest.mark.django_db
ADDRESSES = ("/actors/deepseek/", "/topics/export-controls/", "/regions/CN/")


def make_record(make_event: MakeEvent, count: int) -> None:
    for number in range(count):
        make_event(
            f"event-{number}",
            date=f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}",
            actors=("DeepSeek",),
            regions=["CN"],
            tags=["export-controls"],
            claims=("disputed",),
        )


def test_first_and_latest_event_are_named(client: Client, make_event: MakeEvent) -> None:
    for slug, date in (("begins", "2023-11-02"), ("goes-on", "2024-12"), ("is-now", "2025-01-20")):
        make_event(slug, date=date, actors=("DeepSeek",), regions=["CN"], tags=["export-controls"])
    for address in ADDRESSES:
        text = text_of(client.get(address))
        assert "First event 2 November 2023 Begins" in text, address
        assert "Latest event 20 January 2025 Is now" in text, address


def test_claims_by_an_actor_and_about_it_stand_apart(client: Client, make_event: MakeEvent) -> None:
    event = make_event("r1", actors=("DeepSeek",), claims=("supported", "refuted"))
    own = Claim.objects.get(event=event, status="supported")
    own.text, own.said_by_actor = "We trained it for little.", make_actor("DeepSeek")
    with step(by=None):
        own.save()
    text = text_of(client.get("/actors/deepseek/"))
    by, about = text.index("Claims by DeepSeek"), text.index("Claims about DeepSeek")
    assert by < text.index("We trained it for little.") < about < text.index("⊗ refuted", about)


def test_of_many_claims_those_in_doubt_and_of_the_newest_events_are_shown(
    client: Client, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for two of each kind."""
    monkeypatch.setattr("timeline.views.actor.MOST_CLAIMS", 2)
    statuses = ("supported", "refuted", "disputed")
    for year in (2023, 2024):
        make_event(
            f"of-{year}", date=f"{year}", actors=("DeepSeek",), tags=["chips"], claims=statuses
        )
    claims = Claim.objects.order_by("event__earliest", "position")
    with step(by=None):
        for claim in claims:
            claim.text = f"{claim.status} in {claim.event.date}"
            claim.save()
        claims.filter(status="supported").update(said_by_actor=make_actor("DeepSeek"))
    by, about = text_of(client.get("/actors/deepseek/")).split("Claims about DeepSeek")
    assert re.findall(r"\w+ in 20\d\d", by) == ["supported in 2024", "supported in 2023"]
    assert re.findall(r"\w+ in 20\d\d", about) == ["refuted in 2024", "refuted in 2023"]
    topic = text_of(client.get("/topics/chips/"))
    assert re.findall(r"\w+ in 20\d\d", topic) == ["refuted in 2024", "refuted in 2023"]


def test_topics_have_readable_names(client: Client, make_event: MakeEvent) -> None:
    make_event("one", tags=["export-controls", "gpu"])
    assert "Topic Export controls 1 event" in text_of(client.get("/topics/export-controls/"))
    assert "Topic GPU 1 event" in text_of(client.get("/topics/gpu/"))


@pytest.mark.parametrize("address", [*ADDRESSES, "/race/", "/claims/", "/actors/", "/embed/"])
def test_number_of_queries_does_not_grow(
    client: Client, make_event: MakeEvent, django_assert_max_num_queries: Any, address: str
) -> None:
    make_record(make_event, 1)
    client.get("/")  # reads the columns of the edition
    with django_assert_max_num_queries(8) as one:
        client.get(address)
    for number in range(1, 30):
        make_event(
            f"more-{number}",
            date=f"2024-{number % 12 + 1:02}-11",
            actors=("DeepSeek", "OpenAI"),
            regions=["CN", "US"],
            tags=["export-controls"],
            claims=("disputed", "refuted"),
        )
    client.get("/")
    with django_assert_max_num_queries(8) as many:
        client.get(address)
    assert len(many) == len(one)


def test_index_leads_to_actors_regions_and_topics(client: Client, make_event: MakeEvent) -> None:
    make_event("one", actors=("DeepSeek",), regions=["CN"], tags=["export-controls"])
    page = client.get("/actors/")
    text = text_of(page)
    assert "Labs DeepSeek 1" in text
    assert "Regions China 1 CN Topics Export controls 1" in text
    for address in ADDRESSES:
        assert f'href="{address}"' in page.content.decode()
