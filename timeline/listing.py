"""One stretch of the filtered timeline, with the addresses that lead on from it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from events.models import Event
from timeline.addresses import list_path
from timeline.cards import Card, Group, by_day, by_month, cards_for
from timeline.filters import Filter
from timeline.finding import Found
from timeline.queries import Page, Place
from timeline.search import highlighter

SIZE = 40
MOST_SHOWN = 400


@dataclass(frozen=True)
class Window:
    """Which stretch: from a month, or after or before a place, and how many events.

    `more` is what htmx asks for: only what comes after a place, to stand below what is shown.
    """

    at: str = ""
    after: str = ""
    before: str = ""
    show: int = SIZE
    more: str = ""

    @classmethod
    def read(cls, query: QueryDict, sort: str) -> Window:
        """Take what can be used of `query`; the first of `at`, `after` and `before` counts."""
        show = query.get("show", "")
        count = int(show) if show.isascii() and show.isdigit() and len(show) < 6 else SIZE
        window = cls(
            show=max(SIZE, min(count // SIZE * SIZE, MOST_SHOWN)),
            more=_place(query.get("more", ""), sort),
        )
        if sort == "date" and (month := _month(query.get("at", ""))):
            return replace(window, at=f"{month:%Y-%m}")
        if after := _place(query.get("after", ""), sort):
            return replace(window, after=after)
        return replace(window, before=_place(query.get("before", ""), sort))

    def query(self) -> dict[str, str]:
        show = str(self.show) if self.show != SIZE else ""
        pairs = {"at": self.at, "after": self.after, "before": self.before, "show": show}
        return {name: value for name, value in pairs.items() if value}


def _place(written: str, sort: str) -> str:
    place = Place.read(written, sort)
    return str(place) if place else ""


def _month(written: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(f"{written}-01")
    except ValueError:
        return None


def list_url(filter: Filter, **more: str) -> str:
    """The canonical address of a filtered timeline."""
    parts = [filter.query_string, urlencode(more, safe=":/")]
    query = "&".join(part for part in parts if part)
    path = list_path()
    return f"{path}?{query}" if query else path


@dataclass(frozen=True)
class Listing:
    """Groups of cards and where the list goes on."""

    groups: list[Group]
    days: tuple[datetime.date, datetime.date] | None
    # The card that the line “today” stands above, when later events are on the page.
    today_id: str
    newer_url: str
    older_url: str
    more_url: str
    first_url: str
    shown_url: str


def listing_of(found: Found, window: Window, today: datetime.date) -> Listing:
    """Four queries; five in another order when the window begins at a place."""
    filter = found.filter
    page = _page(found, window)
    cards = cards_for(page.events, highlighter(filter.text))
    start = {k: v for k, v in window.query().items() if k != "show"}
    grown = replace(window, show=window.show + SIZE).query()
    older = str(page.older) if page.older else ""
    may_grow = older and window.show + SIZE <= MOST_SHOWN
    return Listing(
        groups=_groups(page.events, cards, filter, window),
        days=_days(page.events) if filter.sort == "date" else None,
        today_id=_today_id(page.events, today) if filter.sort == "date" else "",
        newer_url=list_url(filter, before=str(page.newer)) if page.newer else "",
        older_url=list_url(filter, after=older) if older else "",
        more_url=list_url(filter, **grown, more=older) if may_grow else "",
        first_url=list_url(filter) if start else "",
        shown_url=list_url(filter, **window.query()),
    )


def _page(found: Found, window: Window) -> Page:
    sort = found.filter.sort
    if window.more:
        return found.page(size=SIZE, after=Place.read(window.more, sort))
    after = Place.read(window.after, sort)
    if month := _month(window.at):
        after = Place.end_of_month(month)
    return found.page(size=window.show, after=after, before=Place.read(window.before, sort))


def _groups(
    events: Sequence[Event], cards: Sequence[Card], filter: Filter, window: Window
) -> list[Group]:
    if filter.sort != "date":
        moments = (
            e.first_published_at if filter.sort == "added" else e.last_changed_at for e in events
        )
        return by_day([moment.date() for moment in moments if moment], cards)
    begun = Place.read(window.more or window.after, "date")
    goes_on = datetime.date.fromisoformat(begun.at) if begun else None
    return by_month(events, cards, goes_on=goes_on)


def _days(events: Sequence[Event]) -> tuple[datetime.date, datetime.date] | None:
    days = [day for event in events if (day := event.earliest or event.latest)]
    return (min(days), max(days)) if days else None


def _today_id(events: Sequence[Event], today: datetime.date) -> str:
    is_later = [(event.earliest or event.latest or today) > today for event in events]
    if True in is_later and False in is_later:
        return events[is_later.index(False)].public_id
    return ""
