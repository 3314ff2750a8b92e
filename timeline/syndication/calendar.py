"""iCalendar (RFC 5545): what happened, and what dates lie ahead. All-day, in nobody's way."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import QuerySet
from icalendar import Calendar
from icalendar import Event as Entry

from events.models import Event, EventDate
from events.models.dates import DatedModel, Precision
from timeline import labels
from timeline.cards import event_url
from timeline.dates import date_text
from timeline.markdown import plain
from timeline.site import site_name
from timeline.syndication.ids import absolute, tag_of

MOST = 2000
_DAY = datetime.timedelta(days=1)


def calendar_of_events(events: QuerySet[Event], title: str, about: str = "") -> bytes:
    """The newest events by date; what is known to the month or year stands on its first day."""
    found = events.order_by("-earliest", "-id")[:MOST]
    return _calendar(title, about, (_entry_of_event(event) for event in found))


def calendar_ahead(events: QuerySet[Event], title: str, about: str, today: datetime.date) -> bytes:
    """Dates from today on that published events set: taking effect, deadlines, expiry."""
    dates = (
        EventDate.objects.filter(event__in=events.order_by().values("pk"), latest__gte=today)
        .select_related("event")
        .order_by("earliest", "id")[:MOST]
    )
    return _calendar(title, about, (_entry_of_date(date) for date in dates))


def _calendar(title: str, about: str, entries: Iterable[Entry]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", f"-//{site_name()}//timeline//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    if about:
        calendar.add("description", about)
        calendar.add("x-wr-caldesc", about)
    calendar.add("refresh-interval", datetime.timedelta(hours=6), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for entry in entries:
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _entry_of_event(event: Event) -> Entry:
    is_exact = event.precision in (Precision.DAY, Precision.INTERVAL)
    title = plain(event.title)
    summary = title if is_exact else f"{title} ({date_text(event.date)})"
    return _entry(event, event, f"event/{event.public_id}", summary, plain(event.summary))


def _entry_of_date(date: EventDate) -> Entry:
    kind = labels.word(labels.DATE_KINDS, date.kind)
    summary = f"{plain(date.note) or kind}: {plain(date.event.title)}"
    key = f"date/{date.event.public_id}/{date.kind}/{date.date}"
    return _entry(date.event, date, key, summary, f"{kind}, {date_text(date.date)}")


def _entry(event: Event, dated: DatedModel, key: str, summary: str, text: str) -> Entry:
    first, last = _days(dated)
    changed = event.last_changed_at or event.recorded_at
    entry = Entry()
    entry.add("uid", tag_of(key))
    entry.add("dtstamp", changed)
    entry.add("last-modified", changed)
    entry.add("sequence", event.revision_number)
    entry.add("dtstart", first)
    entry.add("dtend", last + _DAY)  # exclusive
    entry.add("summary", summary)
    entry.add("description", text)
    entry.add("url", absolute(event_url(event)))
    entry.add("categories", [labels.word(labels.CATEGORIES, event.category)])
    entry.add("status", "CONFIRMED")
    entry.add("transp", "TRANSPARENT")
    return entry


def _days(dated: DatedModel) -> tuple[datetime.date, datetime.date]:
    """First and last day to mark: a stretch known by its days, else its beginning."""
    first = dated.earliest or dated.latest
    assert first
    is_stretch = dated.precision == Precision.INTERVAL and dated.latest
    return first, (dated.latest if is_stretch and dated.latest else first)
