"""A query string becomes a Filter; what cannot be used is said, never an error."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.timeline.conftest import MakeEvent
from timeline.edition import current_edition
from timeline.filters import Filter
from timeline.finding import Found, find
from timeline.queries import events_for

pytestmark = pytest.mark.django_db


def parse(query: str) -> Filter:
    return Filter.parse(QueryDict(query))


def find_in(filter: Filter) -> Found:
    return find(filter, current_edition())


def found(query: str) -> list[str]:
    return [event.slug for event in events_for(parse(query))]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        pytest.param("", "", id="nothing asked is the whole record"),
        pytest.param("q=&category=&from=&to=&sort=date", "", id="an empty form asks nothing"),
        pytest.param(
            "category=policy&category=chips", "category=chips,policy", id="sorted, joined"
        ),
        pytest.param("category=chips,policy", "category=chips,policy", id="joined stays joined"),
        pytest.param("category=Policy", "category=policy", id="the word for the code will do"),
        pytest.param("q=category:policy r1", "q=r1&category=policy", id="an operator is a facet"),
        pytest.param("q=before:2025-02", "to=2025-01-31", id="before ends the day before"),
        pytest.param("q=after:2025-02", "from=2025-02", id="after begins with it"),
        pytest.param("from=2025-01&to=2025", "from=2025-01&to=2025", id="dates as written"),
        pytest.param("q=  a   b ", "q=a+b", id="spaces collapse"),
        pytest.param("utm_source=x&q=r1", "q=r1", id="foreign parameters are dropped"),
        pytest.param("sort=added", "sort=added", id="an order is part of the address"),
    ],
)
def test_every_state_has_one_address(written: str, canonical: str) -> None:
    filter = parse(written)
    assert (filter.query_string, filter.notes) == (canonical, ())
    assert parse(filter.query_string).query_string == canonical


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("category=nonsense", "“nonsense” was ignored: there is no such category."),
        ("importance=9", "“9” was ignored: there is no such importance."),
        ("claims=true", "“true” was ignored: there is no such claim status."),
        ("actor=nobody", "“nobody” was ignored: there is no such actor."),
        ("region=ZZ", "“ZZ” was ignored: there is no such region."),
        ("tag=nothing", "“nothing” was ignored: there is no such topic."),
        ("sort=luck", "“luck” was ignored: there is no such order."),
        (
            "from=yesterday",
            "“yesterday” was ignored: it is not a date. Write 2025, 2025-01 or 2025-01-20.",
        ),
        ("from=2025-02&to=2025-01", "The dates were left out: 2025-02 comes after 2025-01."),
        ("q=" + "x" * 300, "The search was longer than 200 characters; the rest was left out."),
    ],
)
def test_what_cannot_be_used_is_ignored_with_a_note(written: str, note: str) -> None:
    filter = parse(written)
    assert filter.notes == (note,)
    assert filter.query_string == ("q=" + "x" * 200 if written.startswith("q=") else "")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.sampled_from(
            ["q", "category", "actor", "region", "tag", "from", "to", "sort", "claims"]
        ),
        st.text(max_size=60) | st.from_regex(r"-?\"?[a-z]+:\"?[0-9~?X/.-]{1,12}", fullmatch=True),
    )
)
def test_no_query_string_is_an_error(parameters: dict[str, str]) -> None:
    query = QueryDict(mutable=True)
    query.update(parameters)
    filter = Filter.parse(query)
    assert list(events_for(filter)) == []
    assert parse(filter.query_string).query_string == filter.query_string


@pytest.mark.parametrize(
    ("edtf", "since", "until", "passes"),
    [
        pytest.param("2024-12", "2024-12-26", "2024-12-31", True, id="a month may hold the day"),
        pytest.param("2024-12", "2025-01", "2025-01", False, id="the month after does not"),
        pytest.param("2025-01-10/2025-01-15", "2025-01-15", "2025-02", True, id="last day counts"),
        pytest.param("2025-01-10/2025-01-15", "2025-01-16", "2025-02", False, id="day after not"),
        pytest.param(
            "2025", "2025-07-01", "2025-07-01", True, id="a year may hold any of its days"
        ),
        pytest.param("2024-10-26~", "2024-10-26", "2024-10-26", True, id="about a day is that day"),
        pytest.param("2025-03/..", "2030", "2031", True, id="an open end reaches on"),
        pytest.param("../2025-03", "2019", "2020", True, id="an open beginning reaches back"),
        pytest.param("../2025-03", "2025-04", "2026", False, id="but not past its end"),
    ],
)
def test_date_range_respects_imprecise_dates(
    make_event: MakeEvent, edtf: str, since: str, until: str, passes: bool
) -> None:
    make_event("one", date=edtf)
    assert found(f"from={since}&to={until}") == (["one"] if passes else [])


def test_values_of_a_facet_are_alternatives_and_facets_narrow(make_event: MakeEvent) -> None:
    make_event("r1", actors=("DeepSeek",), regions=["CN"])
    make_event("o1", actors=("OpenAI",), regions=["US"])
    make_event("rule", category="policy", regions=["US"])
    assert set(found("actor=deepseek,openai")) == {"r1", "o1"}
    assert found("actor=deepseek,openai&region=CN") == ["r1"]
    assert found("actor=DeepSeek&category=policy") == []


def test_counts_tell_what_a_click_would_give(make_event: MakeEvent) -> None:
    make_event("r1", actors=("DeepSeek",), regions=["CN"], claims=("disputed", "disputed"))
    make_event("o1", actors=("OpenAI",), regions=["US"])
    make_event("rule", category="policy", regions=["US", "CN"])
    filter = parse("region=CN&category=policy")
    counted = find_in(filter).overview()
    assert counted.total == 1
    for facet, counts in counted.facets.items():
        for count in counts:
            clicked = filter.only(facet, count.value)
            assert events_for(clicked).count() == count.count, (facet, count)
    assert {c.value: c.count for c in counted.facets["category"]} == {
        "policy": 1,
        "model-release": 1,
    }


def test_months_count_the_record_without_its_date_range(make_event: MakeEvent) -> None:
    make_event("r1", date="2025-01-20")
    make_event("v3", date="2024-12")
    counted = find_in(parse("from=2025-01")).overview()
    assert counted.total == 1
    assert [(f"{month:%Y-%m}", counts) for month, counts in sorted(counted.months.items())] == [
        ("2024-12", {"model-release": 1}),
        ("2025-01", {"model-release": 1}),
    ]


def test_what_an_empty_result_would_give_without_each_part(make_event: MakeEvent) -> None:
    make_event("r1", regions=["CN"])
    make_event("o1", regions=["US"])
    filter = parse("region=CN&q=o1&category=model-release")
    assert find_in(filter).counts_without() == {"text": 1, "region": 1, "category": 0}


def test_drafts_retracted_and_merged_events_pass_no_filter(make_event: MakeEvent) -> None:
    target = make_event("target")
    make_event("draft", status="draft")
    make_event("retracted", status="retracted", status_reason="It did not happen.")
    make_event("merged", status="merged", merged_into=target)
    assert found("") == ["target"]
    assert found("q=draft") == found("q=retracted") == []
    assert find_in(parse("")).total == 1
