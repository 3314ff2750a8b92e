"""The shapes of lists. Single events, claims, sources and actors are those of the export."""

from __future__ import annotations

import datetime

from events.record.lines import ActorLine, ClaimLine, EventLine, Line, PublisherLine, SourceLine


class Edition(Line):
    number: int
    changed_at: datetime.datetime


class Page(Line):
    """`next_cursor` is null at the end."""

    edition: int
    next_cursor: str | None


class EventPage(Page):
    results: list[EventLine]


class ClaimOfEvent(ClaimLine):
    event: str


class ClaimPage(Page):
    results: list[ClaimOfEvent]


class SourcePage(Page):
    results: list[SourceLine]


class ActorPage(Page):
    results: list[ActorLine]


class PublisherPage(Page):
    results: list[PublisherLine]


class Change(Line):
    """One revision of one event; `status` is what the event is now."""

    edition: int
    at: datetime.datetime
    event: str
    status: str
    revision: int
    reason: str


class ChangePage(Page):
    results: list[Change]
