"""Calendars: all-day, imprecise dates said as such, and only what is public."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import vobject
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from events.models import EventDate
from events.moderation.step import step
from tests.timeline.conftest import MakeEvent

pytestmark = pytest.mark.django_db


def entries(client: Client, path: str) -> list[Any]:
    response = client.get(f"/calendar/{path}")
    assert response.headers["Content-Type"].startswith("text/calendar")
    calendar = Calendar.from_ical(response.content)
    assert not calendar.errors
    return list(calendar.walk("VEVENT"))


@pytest.mark.parametrize(
    ("date", "first", "after", "said"),
    [
        pytest.param("2025-01-20", "2025-01-20", "2025-01-21", "Event", id="a day"),
        pytest.param("2025-01-10/2025-01-15", "2025-01-10", "2025-01-16", "Event", id="a stretch"),
        pytest.param("2025-01", "2025-01-01", "2025-01-02", "Event (January 2025)", id="a month"),
        pytest.param("2025-01-10/..", "2025-01-10", "2025-01-11", "Event", id="an open end"),
    ],
)
def test_events_are_all_day_at_their_own_precision(
    client: Client, make_event: MakeEvent, date: str, first: str, after: str, said: str
) -> None:
    make_event("event", date=date)
    make_event("waiting", status="draft")
    (entry,) = entries(client, "events.ics")
    assert entry["DTSTART"].dt.isoformat() == first
    assert entry["DTEND"].dt.isoformat() == after
    assert entry["SUMMARY"] == said
    assert entry["TRANSP"] == "TRANSPARENT"


def test_a_changed_event_keeps_its_uid_and_counts_up(client: Client, make_event: MakeEvent) -> None:
    event = make_event("event")
    (before,) = entries(client, "events.ics")
    with step(by=None):
        event.title, event.slug = "Renamed", "renamed"
        event.save()
    (after,) = entries(client, "events.ics")
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_the_calendar_ahead_holds_dates_from_today_on(
    client: Client, make_event: MakeEvent
) -> None:
    rule = make_event("rule", category="policy")
    today = timezone.now().date()
    for days in (-2, 0, 30):
        date = (today + datetime.timedelta(days=days)).isoformat()
        EventDate.objects.create(event=rule, kind="effective", date=date)
    found = entries(client, "ahead.ics?category=policy")
    assert [(entry["DTSTART"].dt - today).days for entry in found] == [0, 30]
    assert found[0]["SUMMARY"] == "In effect: Rule"
    assert entries(client, "ahead.ics?category=chips") == []


def test_what_a_calendar_cannot_use_is_said_in_its_description(
    client: Client, make_event: MakeEvent
) -> None:
    make_event("one")
    calendar = Calendar.from_ical(client.get("/calendar/events.ics?colour=red").content)
    assert "“colour” was ignored" in str(calendar["DESCRIPTION"])


def test_a_second_parser_reads_the_same(client: Client, make_event: MakeEvent) -> None:
    title = (
        "Chips; “dies”, \\n & 深度求索发布了一个标题很长的推理模型以及其他许多东西而且还没有结束 "
        * 3
    )
    event = make_event("long", title=title, date="2025-01-10/2025-01-15", summary="a\nb;c,d")
    EventDate.objects.create(event=event, kind="deadline", date="2027-03")
    for path in ("events.ics", "ahead.ics"):
        text = client.get(f"/calendar/{path}").content.decode()
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
        (ours,) = entries(client, path)
        (read,) = vobject.readOne(text, allowQP=False).contents["vevent"]
        for name in ("uid", "summary", "description", "url"):
            assert getattr(read, name).value == str(ours[name.upper()])
        assert read.dtstart.value == ours["DTSTART"].dt
        assert read.dtend.value == ours["DTEND"].dt
        assert read.dtstamp.value.utcoffset() == datetime.timedelta(0)
        assert int(read.sequence.value) == ours["SEQUENCE"]
