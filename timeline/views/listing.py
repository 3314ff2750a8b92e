"""The timeline itself: page, partial and “more”, from one view."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import push_url, replace_url

from events.models import Edition
from timeline.cards import AheadLine, ahead_line
from timeline.dates import month_text
from timeline.edition import edition_of, public_page
from timeline.filters import SORTS, Filter
from timeline.finding import Found, Overview, find
from timeline.htmx import wants_partial
from timeline.landmarks import front
from timeline.listing import Window, list_url, listing_of
from timeline.panels import Chip, chips_of, doubts_of, facets_of, title_of
from timeline.queries import upcoming
from timeline.rail import rail_of
from timeline.site import oembed_url, site_name


@public_page
def event_list(request: HttpRequest) -> HttpResponse:
    filter = Filter.parse(request.GET)
    window = Window.read(request.GET, filter.sort)
    partial = wants_partial(request)
    edition = edition_of(request)
    if partial and window.more:
        return _more(request, find(filter, edition), window)
    canonical = list_url(filter, **window.query())
    if not partial and not filter.notes and not _is_canonical(request, canonical):
        return HttpResponseRedirect(canonical)
    today = timezone.now().date()
    found = find(filter, edition)
    counted = found.overview()
    listing = listing_of(found, window, today)
    context = {
        "filter": filter,
        "listing": listing,
        "total": counted.total,
        "total_text": ngettext("%d event", "%d events", counted.total) % counted.total,
        "chips": chips_of(filter),
        "facets": facets_of(filter, counted),
        "rail": rail_of(counted.months, visible=listing.days, url=_rail_url(filter)),
        "sorts": _sorts(filter),
        "ahead": _ahead(filter, window, today),
        "since": _since(filter, counted),
        "doubts": doubts_of(counted, filter),
        **(front() if _is_front(filter, window) else {}),
        "hints": _hints(found, edition) if not counted.total else [],
        "title": title_of(filter),
        "description": _description(filter, counted.total),
        "canonical": canonical,
        "live_url": live_url(filter, edition.number),
        "oembed_url": oembed_url(list_url(filter)),
    }
    if not partial:
        return render(request, "timeline/event_list.html", context)
    response = render(request, "timeline/event_list.html#timeline", context)
    return push_url(response, canonical)


def _more(request: HttpRequest, found: Found, window: Window) -> HttpResponse:
    """The next stretch, for the foot of the list; the address then names all that is shown."""
    listing = listing_of(found, window, timezone.now().date())
    response = render(request, "timeline/event_list.html#stretch", {"listing": listing})
    return replace_url(response, listing.shown_url)


def live_url(filter: Filter, edition: int) -> str:
    since = f"{reverse('timeline:live')}?since={edition}"
    return f"{since}&{filter.query_string}" if filter.query_string else since


def _is_canonical(request: HttpRequest, canonical: str) -> bool:
    return QueryDict(canonical.partition("?")[2]) == request.GET


def _since(filter: Filter, counted: Overview) -> str:
    """The month of the first event; unsaid where the reader chose the dates."""
    is_dated = filter.since or filter.until
    return "" if is_dated or not counted.months else month_text(min(counted.months))


def _rail_url(filter: Filter) -> str:
    everywhere = replace(filter.without("since").without("until"), sort="date")
    return list_url(everywhere, at="-").removesuffix("-")


@dataclass(frozen=True)
class Sort:
    label: str
    url: str
    is_chosen: bool


def _sorts(filter: Filter) -> list[Sort]:
    names = {"date": _("by date"), "added": _("recently added"), "changed": _("recently changed")}
    return [Sort(names[s], list_url(filter.sorted_by(s)), s == filter.sort) for s in SORTS]


def _ahead(filter: Filter, window: Window, today: datetime.date) -> list[AheadLine]:
    return [ahead_line(date) for date in upcoming(today)] if _is_front(filter, window) else []


def _is_front(filter: Filter, window: Window) -> bool:
    return filter.is_empty and filter.sort == "date" and not window.query()


def _hints(found: Found, edition: Edition) -> list[Chip]:
    """Ways out of an empty result: another spelling first, then what each part shuts out."""
    hints, filter = [], found.filter
    if spelled := found.respelled():
        other = replace(filter, text=spelled)
        if count := find(other, edition).total:
            text = ngettext(
                "Did you mean “%(text)s”? %(count)d event",
                "Did you mean “%(text)s”? %(count)d events",
                count,
            )
            hints.append(Chip(text % {"text": spelled, "count": count}, list_url(other)))
    names = {
        "text": _("the words"),
        "when": _("the dates"),
        "category": _("the category"),
        "actor": _("the actor"),
        "region": _("the region"),
        "tag": _("the topic"),
        "importance": _("the importance"),
        "claims": _("the claims"),
    }
    for part, count in sorted(found.counts_without().items(), key=lambda item: -item[1]):
        if count:
            without = (
                filter.without(part) if part != "when" else filter.without("since").without("until")
            )
            label = ngettext(
                "Without %(part)s: %(count)d event", "Without %(part)s: %(count)d events", count
            )
            hints.append(Chip(label % {"part": names[part], "count": count}, list_url(without)))
    return hints


def _description(filter: Filter, total: int) -> str:
    if filter.is_empty:
        return (
            _("The sourced public record of the AI race: %d dated events, each with its sources.")
            % total
        )
    count = ngettext("%d event", "%d events", total) % total
    return f"{site_name()}: {title_of(filter)} – {count}"
