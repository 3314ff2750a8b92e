"""Geometry of the race view, and its page."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from django.test import Client

from events.models import Actor, Relation
from events.moderation.step import step
from tests.timeline.conftest import MakeEvent, make_actor
from timeline import lanes
from timeline.pace import pace_of
from timeline.race import LETTER, RADII, Answer, Happening, LanePlan, Rest, draw

DAY = datetime.date(2025, 1, 20)


def happening(pk: int, day: datetime.date = DAY, importance: int = 2) -> Happening:
    return Happening(pk, day, f"Event {pk}", day.isoformat(), f"/e/{pk}", importance)


def plan(events: list[Happening], rest: Sequence[Rest] = ()) -> LanePlan:
    address = "/?from=FIRST&to=LAST"
    return LanePlan("US", "United States", "us", address, events=events, rest=rest)


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
    plans = [plan([one]), LanePlan("CN", "China", "cn", "", events=[other])]
    race = draw(plans, [Answer(one, other, 130)], DAY, later)
    (arc,) = race.arcs
    assert (arc.answer.days, arc.days_x) == (130, "500")


def test_the_most_important_keep_a_mark_of_their_own() -> None:
    events = [happening(n, importance=1) for n in range(20)] + [happening(99, importance=3)]
    (lane,) = draw([plan(events)], [], DAY, DAY + datetime.timedelta(days=9)).lanes
    assert lane.marks[0].url == "/e/99"
    (crowd,) = lane.crowds
    assert (crowd.count, crowd.url) == (16, "/?from=2025-01-20&to=2025-01-20")


def test_what_is_only_counted_joins_what_found_no_room() -> None:
    later = DAY + datetime.timedelta(days=2)
    rest = [Rest(DAY, later, 40)]
    (lane,) = draw([plan([happening(n) for n in range(9)], rest)], [], DAY, DAY).lanes
    (crowd,) = lane.crowds
    assert (crowd.count, crowd.label_from, crowd.label_to) == (44, "2025-01-20", "2025-01-22")
    (low,) = draw([plan([happening(1)], rest)], [], DAY, DAY).lanes
    assert low.y < float(low.crowds[0].y) < float(low.marks[0].y)


def test_pace_gives_the_median_of_each_year_also_of_answers_not_drawn() -> None:
    one, other = happening(0), happening(1, DAY + datetime.timedelta(days=1))
    pace = pace_of([Answer(one, other, 1)], [(2025, 1), (2025, 5), (2025, 30), (2023, 7)])
    assert pace
    assert [(m.year, m.days, m.count) for m in pace.medians] == [(2023, 7, 1), (2025, 5, 3)]
    assert len(pace.dots) == 1
    assert pace_of([], []) is None


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


@pytest.mark.django_db
def test_days_are_counted_between_dates_known_to_the_day_only(
    client: Client, make_event: MakeEvent
) -> None:
    first = make_event("first", date="2025-01-20")
    answers = [make_event(n, date=d) for n, d in (("day", "2025-02-01"), ("month", "2025-02"))]
    hidden = make_event("hidden", date="2025-02-03", status="draft")
    before = make_event("before", date="2024-12-31")
    with step(by=None):
        for answer in (*answers, hidden, before):
            Relation.objects.create(from_event=answer, to_event=first, kind="responds-to")
    page = client.get("/race/").content.decode()
    assert re.findall(r"<td>(\d+)</td></tr>", page.split("Every answer")[1]) == ["12"]


@pytest.mark.django_db
def test_an_event_stands_in_the_first_of_its_regions_that_has_a_lane(
    client: Client, make_event: MakeEvent
) -> None:
    make_event("both", regions=["CN", "US"])
    make_event("american", regions=["US"])
    make_event("french", regions=["FR", "CN"])
    make_event("nowhere", regions=[])
    make_event("all", regions=["INT", "US"])
    page = client.get("/race/").content.decode()
    lanes = [re.findall(r'aria-label="(\w+), ', lane) for lane in page.split('<g class="lane-')[1:]]
    assert lanes_of(page) == ["United States", "China", "Elsewhere"]
    assert [set(lane) for lane in lanes] == [{"American"}, {"Both", "French"}, {"Nowhere", "All"}]


@pytest.mark.django_db
def test_a_merged_actors_events_stand_in_the_lane_of_its_successor(
    client: Client, make_event: MakeEvent
) -> None:
    make_event("one", actors=("Google Brain",))
    Actor.objects.filter(slug="google-brain").update(merged_into=make_actor("Google DeepMind"))
    page = client.get("/race/?actor=google-deepmind").content.decode()
    assert re.findall(r'<a href="[^"]*" aria-label="(\w+), ', page) == ["One"]


@pytest.mark.django_db
def test_a_large_record_draws_its_weightiest_events_and_counts_all(
    client: Client, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for ten marks: the loads of the page do not grow with the record."""
    monkeypatch.setattr(lanes, "MOST_MARKS", 10)
    monkeypatch.setattr("timeline.views.race.MOST_ANSWERS", 2)
    events = [
        make_event(f"e{n}", date=f"2025-{1 + n % 12:02}-10", importance=3 if n < 6 else 1)
        for n in range(30)
    ]
    with step(by=None):
        for n in range(12, 16):
            Relation.objects.create(from_event=events[n], to_event=events[0], kind="responds-to")
    page = client.get("/race/").content.decode()
    drawn = re.findall(r'<circle class="i(\d)" cx="[^"]*" cy="[^"]*" r="(?!3.6)', page)
    counted = sum(int(number) for number in re.findall(r'class="crowd"[^>]*>\+(\d+)<', page))
    assert drawn.count("3") == 6
    assert len(drawn) <= 10
    assert len(drawn) + counted == 30
    assert "4 answers are dated to the day" in page
    assert "2 earlier answers count in the medians; choose a year above to see them." in page
