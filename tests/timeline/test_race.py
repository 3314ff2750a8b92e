"""Geometry of the race view, and its page."""

from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client

from events.models import Relation
from events.moderation.step import step
from tests.timeline.conftest import MakeEvent
from timeline.race import Happening, LanePlan, answers_between, draw, pace_of

DAY = datetime.date(2025, 1, 20)


def happening(
    pk: int, day: datetime.date = DAY, importance: int = 2, exact: bool = True
) -> Happening:
    return Happening(pk, day, f"Event {pk}", day.isoformat(), f"/e/{pk}", importance, exact)


def plan(events: list[Happening]) -> LanePlan:
    return LanePlan("US", "United States", "us", "/?from=FIRST&to=LAST", events)


def test_two_thousand_events_stay_readable() -> None:
    """Every event is on the drawing, by itself or counted; no two marks of one lane coincide."""
    events = [
        happening(n, datetime.date(2020, 1, 1) + datetime.timedelta(days=n), 1 + n % 3)
        for n in range(2000)
    ]
    race = draw([plan(events)], [], events[0].day, events[-1].day)
    (lane,) = race.lanes
    assert len(lane.marks) + sum(crowd.count for crowd in lane.crowds) == 2000
    assert len({(mark.x, mark.y) for mark in lane.marks}) == len(lane.marks) < 500
    assert len({crowd.x for crowd in lane.crowds}) == len(lane.crowds) < 40


def test_the_most_important_keep_a_mark_of_their_own() -> None:
    events = [happening(n, importance=1) for n in range(20)] + [happening(99, importance=3)]
    (lane,) = draw([plan(events)], [], DAY, DAY + datetime.timedelta(days=9)).lanes
    assert lane.marks[0].url == "/e/99"
    (crowd,) = lane.crowds
    assert (crowd.count, crowd.url) == (17, "/?from=2025-01-20&to=2025-01-20")


def test_answers_count_days_only_between_exact_dates() -> None:
    later = DAY + datetime.timedelta(days=130)
    known = {1: happening(1), 2: happening(2, later), 3: happening(3, later, exact=False)}
    answers = answers_between(known, [(2, 1), (3, 1), (1, 2), (2, 77)])
    assert [(a.first.pk, a.answer.pk, a.days) for a in answers] == [(1, 2, 130)]


def test_pace_gives_the_median_of_each_year() -> None:
    known = {n: happening(n, DAY + datetime.timedelta(days=n)) for n in (0, 1, 5, 30)}
    pace = pace_of(answers_between(known, [(1, 0), (5, 0), (30, 0)]))
    assert pace
    assert [(m.year, m.days, m.count) for m in pace.medians] == [(2025, 5, 3)]
    assert pace_of([]) is None


@pytest.mark.django_db
def test_race_page_draws_lanes_arcs_and_a_table_with_the_same_data(
    client: Client, make_event: MakeEvent
) -> None:
    o1 = make_event("o1-preview", date="2024-09-12", regions=["US"], actors=("OpenAI",))
    r1 = make_event("r1", regions=["CN"], actors=("DeepSeek",))
    with step(by=None):
        Relation.objects.create(from_event=r1, to_event=o1, kind="responds-to")
    page = client.get("/race/").content.decode()
    assert re.findall(r'<text class="lane"[^>]*>([^<]*)<', page) == ["United States ", "China "]
    assert page.count('class="arc"') == 1
    assert "130 days from “O1 preview” to “R1”" in page
    assert re.findall(r"<tr><td class=\"day\">.*?</tr>", page) == [
        '<tr><td class="day">20 January 2025</td>'
        f'<td><a href="{r1.get_absolute_url()}">R1</a></td>'
        f'<td><a href="{o1.get_absolute_url()}">O1 preview</a></td><td>130</td></tr>'
    ]
    chosen = client.get("/race/?actor=deepseek,openai").content.decode()
    assert re.findall(r'<text class="lane"[^>]*>([^<]*)<', chosen) == ["DeepSeek", "OpenAI"]
    assert "Nothing in the record" in client.get("/race/?category=chips").content.decode()
