"""Geometry of the race view, and its page."""

from __future__ import annotations

import datetime
import re
from itertools import pairwise

import pytest
from django.test import Client

from events.models import Relation
from events.moderation.step import step
from tests.timeline.conftest import MakeEvent
from timeline.pace import pace_of
from timeline.race import LETTER, RADII, Happening, LanePlan, answers_between, draw

DAY = datetime.date(2025, 1, 20)


def happening(
    pk: int, day: datetime.date = DAY, importance: int = 2, exact: bool = True
) -> Happening:
    return Happening(pk, day, f"Event {pk}", day.isoformat(), f"/e/{pk}", importance, exact)


def plan(events: list[Happening]) -> LanePlan:
    return LanePlan("US", "United States", "us", "/?from=FIRST&to=LAST", events)


def test_two_thousand_events_stay_readable() -> None:
    """Every event is on the drawing, by itself or counted; no two marks touch, and no name runs
    into a mark or into another name."""
    events = [
        happening(n, datetime.date(2020, 1, 1) + datetime.timedelta(days=n % 1000), 1 + n % 7 % 3)
        for n in range(2000)
    ]
    race = draw([plan(events)], [], events[0].day, events[999].day)
    (lane,) = race.lanes
    assert len(lane.marks) + sum(crowd.count for crowd in lane.crowds) == 2000
    assert len(lane.marks) < 800
    assert len({crowd.x for crowd in lane.crowds}) == len(lane.crowds) < 40
    rows: dict[str, list[tuple[float, float]]] = {}
    for mark in lane.marks:
        x, radius = float(mark.x), float(mark.r)
        name_end = float(mark.name_x) + len(mark.name) * LETTER
        rows.setdefault(mark.y, []).append((x - radius, name_end if mark.name else x + radius))
    for row in rows.values():
        row.sort()
        assert all(one[1] <= other[0] for one, other in pairwise(row))
    ys = sorted(float(y) for y in rows)
    assert all(other - one > 2 * RADII[3] for one, other in pairwise(ys))


def test_names_stand_where_there_is_room() -> None:
    far = DAY + datetime.timedelta(days=900)
    events = [happening(1, importance=3), happening(2, far, 2), happening(3, far, 1)]
    (lane,) = draw([plan(events)], [], DAY, far + datetime.timedelta(days=100)).lanes
    assert [mark.name for mark in lane.marks] == ["Event 1", "Event 2", ""]


def test_days_of_an_answer_are_written_on_its_arc() -> None:
    later = DAY + datetime.timedelta(days=130)
    one, other = happening(1), happening(2, later)
    plans = [plan([one]), LanePlan("CN", "China", "cn", "", [other])]
    race = draw(plans, answers_between({1: one, 2: other}, [(2, 1)]), DAY, later)
    (arc,) = race.arcs
    assert (arc.answer.days, arc.days_x) == (130, "500")


def test_the_most_important_keep_a_mark_of_their_own() -> None:
    events = [happening(n, importance=1) for n in range(20)] + [happening(99, importance=3)]
    (lane,) = draw([plan(events)], [], DAY, DAY + datetime.timedelta(days=9)).lanes
    assert lane.marks[0].url == "/e/99"
    (crowd,) = lane.crowds
    assert (crowd.count, crowd.url) == (16, "/?from=2025-01-20&to=2025-01-20")


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


def lanes_of(page: str) -> list[str]:
    names = re.findall(r'<text class="lane"[^>]*>([^<]*)<', page)
    return [name.strip() for name in names]


@pytest.mark.django_db
def test_race_page_draws_lanes_arcs_and_a_table_with_the_same_data(
    client: Client, make_event: MakeEvent
) -> None:
    o1 = make_event("o1-preview", date="2024-09-12", regions=["US"], actors=("OpenAI",))
    r1 = make_event("r1", regions=["CN"], actors=("DeepSeek",))
    with step(by=None):
        Relation.objects.create(from_event=r1, to_event=o1, kind="responds-to")
    page = client.get("/race/").content.decode()
    assert lanes_of(page) == ["United States", "China"]
    assert page.count('class="arc"') == 1
    assert "1 answer is dated to the day; half of all came within 130 days." in page
    assert "130 days from “O1 preview” to “R1”" in page
    assert re.findall(r"<tr><td class=\"day\">.*?</tr>", page) == [
        '<tr><td class="day">20 January 2025</td>'
        f'<td><a href="{r1.get_absolute_url()}">R1</a></td>'
        f'<td><a href="{o1.get_absolute_url()}">O1 preview</a></td><td>130</td></tr>'
    ]
    chosen = client.get("/race/?actor=deepseek,openai").content.decode()
    assert lanes_of(chosen) == ["DeepSeek", "OpenAI"]
    assert "Nothing in the record" in client.get("/race/?category=chips").content.decode()
