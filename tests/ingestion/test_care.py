"""Rules of looking after cited pages."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from events.ingestion.care import ask_archive, check_link, claim_archiving, claim_link_checks
from events.ingestion.link_check import judge, next_check
from events.ingestion.types import FeedRequest, Fetched, FetchError
from events.models import Source
from tests.moderation.making import make_event, make_source

NOW = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
ASKED = "https://wire.example/2025/r1"


def page(title: str = "R1", url: str = ASKED, **fields: Any) -> Fetched:
    return Fetched(url=url, body=f"<title>{title}</title>".encode(), **fields)


def failure(status: int | None) -> FetchError:
    return FetchError("no", kind="status", status=status)


@pytest.mark.parametrize(
    ("answer", "state", "is_failure"),
    [
        pytest.param(page(), "alive", False, id="a page that answers"),
        pytest.param(page(moved_to="https://new.example/r1"), "moved", False, id="moved for good"),
        pytest.param(page("404 - Page not found"), "dead", True, id="200 that says not found"),
        pytest.param(page(url="https://wire.example/"), "dead", True, id="led to the front page"),
        pytest.param(page("未找到页面"), "dead", True, id="not found, in Chinese"),
        pytest.param(failure(402), "paywall", False, id="wants money"),
        pytest.param(
            Fetched(ASKED, b'{"isAccessibleForFree": false}'),
            "paywall",
            False,
            id="says it is paid",
        ),
        pytest.param(failure(403), "blocked", False, id="refuses robots"),
        pytest.param(failure(429), "blocked", False, id="too many requests"),
        pytest.param(failure(404), "dead", True, id="not found"),
        pytest.param(failure(None), "dead", True, id="no answer at all"),
    ],
)
def test_a_page_is_judged(answer: Fetched | FetchError, state: str, is_failure: bool) -> None:
    verdict = judge(ASKED, answer)
    assert (verdict.state, verdict.is_failure) == (state, is_failure)


@pytest.mark.parametrize(
    ("days_since", "answer", "days_until"),
    [
        (None, page(), 1),
        (1, page(), 2),
        (30, page(), 60),
        (150, page(), 180),
        (30, failure(404), 1),
    ],
)
def test_intervals_grow_while_all_is_well(
    days_since: int | None, answer: Fetched | FetchError, days_until: int
) -> None:
    previous = None if days_since is None else datetime.timedelta(days=days_since)
    due = next_check(previous, judge(ASKED, answer), NOW)
    assert due - NOW == datetime.timedelta(days=days_until)


def failing(request: FeedRequest) -> Fetched:
    raise failure(404)


@pytest.mark.django_db
def test_a_page_is_called_gone_after_three_failures_and_alive_at_once() -> None:
    source = make_event().citations.get().source
    for day, state in enumerate(["unchecked", "unchecked", "dead"]):
        check_link(source, fetch=failing, now=NOW + datetime.timedelta(days=day))
        source.refresh_from_db()
        assert source.link_state == state
    check_link(source, fetch=lambda request: page(url=request.url), now=NOW)
    source.refresh_from_db()
    assert (source.link_state, source.link_failures) == ("alive", 0)


@pytest.mark.django_db
def test_only_cited_sources_are_claimed_and_each_once() -> None:
    make_source()
    source = make_event().citations.get().source
    assert claim_link_checks(NOW, 10) == [source.pk]
    assert claim_link_checks(NOW, 10) == []


@pytest.mark.django_db
def test_an_archive_that_fails_is_asked_again_later_and_in_the_end_no_more() -> None:
    source = make_event().citations.get().source
    now, states = NOW, []
    while claim_archiving(now, 10):
        ask_archive(source, service="https://archive.example/save/", fetch=failing, now=now)
        source.refresh_from_db()
        states.append(source.archive_state)
        now = source.archive_next_at or now
    assert states == [*["waiting"] * 5, "failed"]
    assert source.archive_error == "no"


@pytest.mark.django_db
def test_a_kept_copy_is_linked() -> None:
    source = make_event().citations.get().source
    kept = "https://archive.example/web/2026/r1"
    ask_archive(
        source,
        service="https://archive.example/save/",
        fetch=lambda request: page(url=kept),
        now=NOW,
    )
    source = Source.objects.get(pk=source.pk)
    assert (source.archive_state, source.archive_url) == ("kept", kept)
    assert claim_archiving(NOW, 10) == []
