"""The race view: who moved when, and how soon it was answered."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Event, Relation
from timeline import labels
from timeline.cards import event_url
from timeline.columns import Ints
from timeline.dates import date_text
from timeline.edition import edition_of, public_page
from timeline.filters import Filter
from timeline.finding import Found, find
from timeline.lanes import (
    Answers,
    Chosen,
    choose,
    days_of,
    lanes_by_actor,
    lanes_by_region,
    leading_regions,
)
from timeline.listing import list_url
from timeline.markdown import plain
from timeline.pace import middle, pace_of
from timeline.panels import chips_of, facet_of
from timeline.race import Happening, LanePlan, Scale, draw

_NEEDED = (
    *("public_id", "slug", "title", "date", "earliest", "latest"),
    "importance",
)
REGION_LANES = ("US", "CN", "EU", "UK")
MOST_LANES = 8
OTHERS = "INT"
MOST_ANSWERS = 250  # in the table, and drawn


@public_page
def race(request: HttpRequest) -> HttpResponse:
    filter = replace(Filter.parse(request.GET), sort="date")
    found = find(filter, edition_of(request))
    first, last = _span(filter, found)
    lanes = choose(_lanes(filter, found), found.columns, Scale(first, last))
    responds = Relation.objects.filter(kind=Relation.Kind.RESPONDS_TO)
    every = Answers.among(found, responds.values_list("from_event", "to_event"))
    shown = every.newest(MOST_ANSWERS)
    happenings = _happenings({pk for lane in lanes.values() for pk in lane.ids} | shown.ids)
    answers = list(shown.between(happenings))
    plans = _plans(filter, lanes, happenings)
    return render(
        request,
        "timeline/race.html",
        {
            "filter": filter,
            "race": draw(plans, answers, first, last) if plans else None,
            "pace": pace_of(answers, every.lengths),
            "answers": answers,
            "more_answers_text": _more_answers_text(len(every) - len(shown)),
            "pace_text": _pace_text(every),
            "zooms": _zooms(filter),
            "quarters": _quarters(filter),
            "actors": facet_of("actor", filter, found.overview()),
            "chips": chips_of(filter, race_url),
            "count_text": ngettext("%d event", "%d events", found.total) % found.total,
            "canonical": race_url(filter),
        },
    )


def race_url(filter: Filter) -> str:
    path, query = reverse("timeline:race"), filter.query_string
    return f"{path}?{query}" if query else path


def _happenings(ids: Iterable[int]) -> dict[int, Happening]:
    """One query; who was retracted a moment ago is missing."""
    events = Event.objects.published().filter(pk__in=ids).only(*_NEEDED)
    return {event.pk: _happening(event) for event in events}


def _happening(event: Event) -> Happening:
    day = event.earliest or event.latest
    assert day
    return Happening(
        pk=event.pk,
        day=day,
        title=plain(event.title),
        date=date_text(event.date),
        url=event_url(event),
        importance=event.importance,
    )


def _span(filter: Filter, found: Found) -> tuple[datetime.date, datetime.date]:
    """What was asked for; else from the year of the first event to the end of the last month."""
    earliest, latest = days_of(found) or (timezone.now().date(),) * 2
    first = filter.earliest or earliest.replace(month=1, day=1)
    last = filter.latest or latest + datetime.timedelta(days=10)
    return (first, last) if first < last else (last, first)


def _lanes(filter: Filter, found: Found) -> dict[str, Ints]:
    if filter.actor:
        return lanes_by_actor(found, filter.actor[:MOST_LANES])
    leading = leading_regions(found)
    codes = filter.region[:MOST_LANES] or [code for code in REGION_LANES if code in leading]
    lanes = lanes_by_region(found, codes, OTHERS)
    return {code: rows for code, rows in lanes.items() if len(rows)}


def _plans(
    filter: Filter, lanes: Mapping[str, Chosen], happenings: Mapping[int, Happening]
) -> list[LanePlan]:
    plan = _actor_plan if filter.actor else _region_plan
    return [
        replace(
            plan(filter, name),
            events=[happenings[pk] for pk in lane.ids if pk in happenings],
            rest=lane.rest,
        )
        for name, lane in lanes.items()
    ]


def _region_plan(filter: Filter, code: str) -> LanePlan:
    if code == OTHERS:
        return LanePlan("", _("Elsewhere"), "other", _stretch_url(filter))
    return LanePlan(
        code,
        labels.word(labels.REGIONS, code),
        code.lower() if code in REGION_LANES else "other",
        _stretch_url(filter.only("region", code)),
        reverse("timeline:region_detail", args=[code]),
    )


def _actor_plan(filter: Filter, slug: str) -> LanePlan:
    return LanePlan(
        "",
        filter.name_of_actor(slug),
        "ink",
        _stretch_url(filter.only("actor", slug)),
        reverse("timeline:actor_detail", args=[slug]),
    )


def _stretch_url(filter: Filter) -> str:
    day = datetime.date.min  # any date: only what was written goes into the address
    return list_url(replace(filter, since="FIRST", until="LAST", earliest=day, latest=day))


@dataclass(frozen=True)
class Choice:
    label: str
    url: str
    is_chosen: bool


def _zooms(filter: Filter) -> list[Choice]:
    whole = filter.without("since").without("until")
    choices = [Choice(_("all years"), race_url(whole), not (filter.since or filter.until))]
    this_year = timezone.now().year
    for year in range(2020, this_year + 1):
        chosen = filter.since == filter.until == str(year)
        url = race_url(replace(whole, since=str(year), until=str(year)))
        choices.append(Choice(str(year), url, chosen))
    return choices


def _quarters(filter: Filter) -> list[Choice]:
    """A closer look, once a year is chosen."""
    year = filter.since[:4]
    if len(year) != 4 or filter.until[:4] != year:
        return []
    choices = []
    for quarter in range(4):
        since, until = (f"{year}-{month:02}" for month in (quarter * 3 + 1, quarter * 3 + 3))
        chosen = (filter.since, filter.until) == (since, until)
        url = race_url(replace(filter, since=since, until=until))
        choices.append(Choice(_("quarter %d") % (quarter + 1), url, chosen))
    return choices


def _pace_text(every: Answers) -> str:
    """All answers in one sentence."""
    if not len(every):
        return ""
    days = middle(every.days.tolist())
    text = ngettext(
        "%(count)d answer is dated to the day; half of all came within %(days)d days.",
        "%(count)d answers are dated to the day; half of them came within %(days)d days.",
        len(every),
    )
    return text % {"count": len(every), "days": days}


def _more_answers_text(count: int) -> str:
    """What the table leaves out, and how to see it."""
    if not count:
        return ""
    text = ngettext(
        "%d earlier answer counts in the medians; choose a year above to see it.",
        "%d earlier answers count in the medians; choose a year above to see them.",
        count,
    )
    return text % count
