"""The public pages: what they say, to whom, and how often the database is asked."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from events.models import Event, EventDate, Relation
from events.moderation.step import step
from tests.timeline.conftest import MakeEvent, make_actor
from timeline.listing import SIZE

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    html = re.sub(r"<(script|style).*?</\1>", "", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def titles(response: Any) -> list[str]:
    return re.findall(r'<h3><a href="/events/\w+/([\w-]+)/">', response.content.decode())


def headings(response: Any) -> list[str]:
    return re.findall(r'<h2 id="h-m[^>]*>(.*?)</h2>', response.content.decode())


def test_timeline_is_grouped_by_month_newest_first(client: Client, make_event: MakeEvent) -> None:
    make_event("v3", date="2024-12-26")
    make_event("r1", date="2025-01-20", importance=3)
    make_event("other", date="2025-01-20", importance=1)
    make_event("sometime", date="2025-01")
    response = client.get("/")
    assert titles(response) == ["r1", "other", "sometime", "v3"]
    assert headings(response) == ["January 2025", "December 2024"]


@pytest.mark.parametrize(
    ("edtf", "shown"),
    [
        ("2025-01-20", "20 January"),
        ("2024-12", "December 2024"),
        ("2022", "2022 (year)"),
        ("2025-01-10/2025-01-15", "10–15 January"),
        ("2025-01-31/2025-02-03", "31 January – 3 February"),
        ("2024-12-30/2025-01-02", "30 December 2024 – 2 January 2025"),
        ("2024-10-26~", "around 26 October"),
        ("2025-21", "spring 2025"),
        ("2025-03/..", "since March 2025"),
    ],
)
def test_dates_are_shown_at_their_precision(
    client: Client, make_event: MakeEvent, edtf: str, shown: str
) -> None:
    make_event("one", date=edtf)
    dates = re.findall(r"<time [^>]*>([^<]*)</time>", client.get("/").content.decode())
    assert dates == [shown]


def test_card_says_who_how_many_publishers_and_what_is_in_doubt(
    client: Client, make_event: MakeEvent
) -> None:
    make_event(
        "r1",
        actors=("DeepSeek",),
        regions=["CN"],
        publishers=("DeepSeek", "Example Press", "The Paper"),
        claims=("refuted", "supported", "supported"),
    )
    assert (
        "CN DeepSeek · Model release · 3 publishers · ⊗ 1 claim refuted · ● 2 claims supported"
        in text_of(client.get("/"))
    )


def test_front_page_names_every_turning_point_with_its_publishers(
    client: Client, make_event: MakeEvent
) -> None:
    for number in range(50):
        make_event(f"newer-{number}", date="2026-01-01", importance=1)
    make_event("old", title="An old turning point", date="2024-12", importance=3)
    front = text_of(client.get("/"))
    assert "Turning points" in front
    assert "An old turning point" in front
    assert "December 2024" in front
    assert "An old turning point" not in text_of(client.get("/?category=policy"))


def test_number_of_queries_is_the_same_for_one_event_and_for_fifty(
    client: Client, make_event: MakeEvent, django_assert_num_queries: Any
) -> None:
    query = "/?q=event&category=model-release&actor=deepseek&region=CN&tag=llm"
    for number in range(50):
        make_event(
            f"event-{number}",
            actors=("DeepSeek",),
            regions=["CN"],
            tags=["llm"],
            claims=("disputed",),
        )
        if number in (0, 49):
            client.get("/")  # reads the columns of the edition
            with django_assert_num_queries(7):
                client.get("/")
            with django_assert_num_queries(8):
                assert client.get(query).status_code == 200


def test_event_page_asks_the_database_nine_times_at_most(
    client: Client, make_event: MakeEvent, django_assert_max_num_queries: Any
) -> None:
    event = make_event("r1", actors=("A", "B"), claims=("disputed", "refuted"))
    with django_assert_max_num_queries(8):
        client.get(event.get_absolute_url())


def test_partial_is_the_list_and_pushes_the_canonical_address(
    client: Client, make_event: MakeEvent
) -> None:
    make_event("r1")
    make_event("rule", category="policy")
    response = client.get("/?q=&category=policy", headers={"HX-Request": "true"})
    assert response.headers["HX-Push-Url"] == "/?category=policy"
    assert titles(response) == ["rule"]
    assert b"<html" not in response.content
    assert "HX-Request" in response.headers["Vary"]


def test_history_restore_gets_the_whole_page(client: Client, make_event: MakeEvent) -> None:
    make_event("r1")
    restore = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert b"<html" in client.get("/", headers=restore).content


def test_form_without_javascript_is_led_to_the_short_address(client: Client, db: None) -> None:
    response = client.get("/?q=&category=policy&category=chips&from=&to=")
    assert (response.status_code, response.headers["Location"]) == (302, "/?category=chips,policy")


def test_ignored_values_are_said_on_the_page(client: Client, make_event: MakeEvent) -> None:
    make_event("r1")
    response = client.get("/?category=nonsense")
    assert "“nonsense” was ignored: there is no such category." in text_of(response)
    assert titles(response) == ["r1"]


def test_empty_result_names_what_to_drop_and_a_better_spelling(
    client: Client, make_event: MakeEvent
) -> None:
    make_event("deepseek-r1")
    text = text_of(client.get("/?q=depseek"))
    assert "Did you mean “deepseek”? 1" in text
    assert "Without the words: 1 event" in text


def test_pages_lead_through_the_whole_record_without_loss(
    client: Client, make_event: MakeEvent
) -> None:
    count = SIZE * 2 + 3
    for number in range(count):
        make_event(f"e{number}", date=f"2025-01-{number % 28 + 1:02}", importance=number % 3 + 1)
    seen, url = [], "/"
    while url:
        response = client.get(url)
        seen += titles(response)
        match = re.search(r'class="older" id="older"><a href="([^"]+)"', response.content.decode())
        url = match[1].replace("&amp;", "&") if match else ""
    assert len(seen) == len(set(seen)) == count
    newer = re.search(r'class="newer"><a href="([^"]+)"', response.content.decode())
    assert newer
    assert titles(client.get(newer[1].replace("&amp;", "&"))) == seen[SIZE : SIZE * 2]


def test_more_gives_the_next_stretch_and_an_address_for_all_of_it(
    client: Client, make_event: MakeEvent
) -> None:
    for number in range(SIZE + 2):
        make_event(f"e{number}", date=f"2025-01-{number % 28 + 1:02}")
    page = client.get("/").content.decode()
    more = re.search(r'data-hx-get="([^"]*more=[^"]*)"', page)
    assert more
    response = client.get(more[1].replace("&amp;", "&"), headers={"HX-Request": "true"})
    assert len(titles(response)) == 2
    assert "January 2025 <span" in response.content.decode()  # “continued”
    shown = response.headers["HX-Replace-Url"]
    assert len(titles(client.get(shown))) == SIZE + 2


def test_a_month_is_a_place_to_begin(client: Client, make_event: MakeEvent) -> None:
    make_event("late", date="2025-03-01")
    make_event("r1", date="2025-01-20")
    make_event("v3", date="2024-12-26")
    response = client.get("/?at=2025-01")
    assert titles(response) == ["r1", "v3"]
    assert "Newer events" in text_of(response)


def test_every_month_bar_is_a_link_with_a_name(client: Client, make_event: MakeEvent) -> None:
    make_event("r1", date="2025-01-20")
    make_event("rule", date="2025-01-13", category="policy")
    page = client.get("/").content.decode()
    assert '<a href="#m2025-01" aria-label="January 2025, 2 events"' in page


def test_answers_carry_the_edition_and_an_unchanged_page_costs_one_query(
    client: Client, make_event: MakeEvent, django_assert_num_queries: Any
) -> None:
    event = make_event("r1")
    for url in ("/", event.get_absolute_url()):
        first = client.get(url)
        with django_assert_num_queries(1):
            again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert first.headers["Cache-Control"] == "public, no-cache"


def test_partial_and_page_have_different_tags(client: Client, make_event: MakeEvent) -> None:
    make_event("r1")
    page = client.get("/").headers["ETag"]
    partial = client.get("/", headers={"HX-Request": "true"}).headers["ETag"]
    assert page != partial


def test_event_page_shows_sources_claims_dates_and_relations(
    client: Client, make_event: MakeEvent
) -> None:
    o1 = make_event("o1-preview", date="2024-09-12", title="OpenAI previews o1")
    event = make_event(
        "r1", actors=("DeepSeek",), publishers=("DeepSeek", "Example Press"), claims=("refuted",)
    )
    with step(by=None):
        Relation.objects.create(from_event=event, to_event=o1, kind="responds-to")
        EventDate.objects.create(event=event, kind="effective", date="2025-05-15", note="the rule")
    text = text_of(client.get(event.get_absolute_url()))
    for words in (
        "20 January 2025 when it happened",
        "In effect 15 May 2025 – the rule",
        "⊗ refuted",
        "The record says otherwise.",
        "How we know 2 independent publishers",
        "Responds to OpenAI previews o1 12 September 2024 · 130 days",
    ):
        assert words in text
    assert "Answered by R1 20 January 2025 · 130 days" in text_of(client.get(o1.get_absolute_url()))


@pytest.fixture
def old_addresses(make_event: MakeEvent) -> Event:
    event = make_event("old-name")
    with step(by=None):
        event.slug = "new-name"
        event.save()
    return event


@pytest.mark.parametrize(
    "address", ["{id}/", "{id}/old-name/", "{id}/anything/", "old-name/", "new-name/"]
)
def test_every_old_address_leads_to_the_event(
    client: Client, old_addresses: Event, address: str
) -> None:
    response = client.get("/events/" + address.format(id=old_addresses.public_id))
    assert response.status_code == 301
    assert response.headers["Location"] == f"/events/{old_addresses.public_id}/new-name/"


def addresses_of(event: Event) -> list[str]:
    return [f"/events/{event.public_id}/", f"/events/{event.slug}/", event.get_absolute_url()]


def test_draft_is_not_found_at_any_address(client: Client, make_event: MakeEvent) -> None:
    draft = make_event("secret-plan", status="draft", actors=("Shy Lab",), tags=["hush"])
    for url in [*addresses_of(draft), "/actors/shy-lab/", "/topics/hush/"]:
        response = client.get(url)
        assert response.status_code == 404, url
        assert "Secret plan" not in text_of(response)
    for url in ("/", "/?q=secret", "/?sort=added", "/actors/"):
        text = text_of(client.get(url))
        assert "Secret plan" not in text
        assert "Shy Lab" not in text


def test_retracted_event_leaves_a_tombstone(client: Client, make_event: MakeEvent) -> None:
    event = make_event("hoax", status="retracted", status_reason="The source took it back.")
    for url in addresses_of(event):
        response = client.get(url)
        assert response.status_code == 410
        assert "The source took it back." in text_of(response)
        assert "Hoax" not in text_of(response)


def test_merged_event_leads_to_the_one_that_stands_for_it(
    client: Client, make_event: MakeEvent
) -> None:
    target = make_event("target")
    middle = make_event("middle", status="merged", merged_into=target)
    event = make_event("twin", status="merged", merged_into=middle)
    for url in addresses_of(event):
        response = client.get(url)
        assert (response.status_code, response.headers["Location"]) == (
            301,
            target.get_absolute_url(),
        )


def test_not_found_offers_what_is_near(client: Client, make_event: MakeEvent) -> None:
    make_event("deepseek-releases-r1")
    response = client.get("/events/2025/01/deepseek")
    assert response.status_code == 404
    text = text_of(response)
    assert "Deepseek releases r1" in text
    assert "The record around 2025-01" in text


def test_merged_actor_leads_to_its_successor(client: Client, make_event: MakeEvent) -> None:
    make_event("r1", actors=("DeepSeek",))
    deepseek = make_actor("DeepSeek")
    make_actor("High-Flyer AI", slug="high-flyer-ai", merged_into=deepseek)
    response = client.get("/actors/high-flyer-ai/")
    assert (response.status_code, response.headers["Location"]) == (301, "/actors/deepseek/")


def test_hostile_titles_stay_text(client: Client, make_event: MakeEvent) -> None:
    title = "<script>alert(1)</script> \u202egnirts"
    event = make_event("hostile", title=title, summary="<img src=x onerror=alert(1)>")
    for url in ("/", event.get_absolute_url(), "/?q=alert"):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "\u202e" not in page
