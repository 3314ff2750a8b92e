"""The race view: who moved when, and how soon it was answered."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Event, Participation, Relation
from events.models.dates import Precision
from timeline import labels
from timeline.cards import event_url
from timeline.dates import date_text
from timeline.edition import edition_of, public_page
from timeline.filters import Filter
from timeline.finding import find
from timeline.listing import list_url
from timeline.markdown import plain
from timeline.pace import median_days, pace_of
from timeline.panels import chips_of, facet_of
from timeline.queries import events_for
from timeline.race import Answer, Happening, LanePlan, answers_between, draw

_NEEDED = (
    *("public_id", "slug", "title", "date", "earliest", "latest"),
    *("precision", "importance", "regions"),
)
REGION_LANES = ("US", "CN", "EU", "UK")
MOST_LANES = 8
OTHERS = "INT"


@public_page
def race(request: HttpRequest) -> HttpResponse:
    filter = replace(Filter.parse(request.GET), sort="date")
    events = list(events_for(filter).only(*_NEEDED))
    happenings = {event.pk: _happening(event) for event in events}
    pairs = Relation.objects.filter(
        kind=Relation.Kind.RESPONDS_TO, from_event__in=happenings, to_event__in=happenings
    ).values_list("from_event", "to_event")
    answers = answers_between(happenings, pairs)
    first, last = _span(filter, events)
    plans = _plans(filter, events, happenings)
    return render(
        request,
        "timeline/race.html",
        {
            "filter": filter,
            "race": draw(plans, answers, first, last) if plans else None,
            "pace": pace_of(answers),
            "answers": answers,
            "pace_text": _pace_text(answers),
            "zooms": _zooms(filter),
            "quarters": _quarters(filter),
            "actors": facet_of("actor", filter, find(filter, edition_of(request)).overview()),
            "chips": chips_of(filter, race_url),
            "count_text": ngettext("%d event", "%d events", len(events)) % len(events),
            "canonical": race_url(filter),
        },
    )


def race_url(filter: Filter) -> str:
    path, query = reverse("timeline:race"), filter.query_string
    return f"{path}?{query}" if query else path


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
        is_exact=event.precision == Precision.DAY,
    )


def _span(filter: Filter, events: Sequence[Event]) -> tuple[datetime.date, datetime.date]:
    """What was asked for; else from the year of the first event to the end of the last month."""
    days = [day for event in events if (day := event.earliest or event.latest)]
    today = timezone.now().date()
    first = filter.earliest or min(days, default=today).replace(month=1, day=1)
    last = filter.latest or max(days, default=today) + datetime.timedelta(days=10)
    return (first, last) if first < last else (last, first)


def _plans(
    filter: Filter, events: Sequence[Event], happenings: dict[int, Happening]
) -> list[LanePlan]:
    if filter.actor:
        return _actor_plans(filter, happenings)
    lanes: dict[str, list[Happening]] = {code: [] for code in (*_regions(filter, events), OTHERS)}
    for event in events:
        code = next((code for code in event.regions if code in lanes), OTHERS)
        lanes[code].append(happenings[event.pk])
    return [
        LanePlan(
            code if code != OTHERS else "",
            labels.word(labels.REGIONS, code) if code != OTHERS else _("Elsewhere"),
            code.lower() if code in REGION_LANES else "other",
            _stretch_url(filter.only("region", code) if code != OTHERS else filter),
            lane,
            reverse("timeline:region_detail", args=[code]) if code != OTHERS else "",
        )
        for code, lane in lanes.items()
        if lane
    ]


def _regions(filter: Filter, events: Sequence[Event]) -> tuple[str, ...]:
    if filter.region:
        return filter.region[:MOST_LANES]
    counts = Counter(event.regions[0] for event in events if event.regions)
    return tuple(code for code in REGION_LANES if counts[code])


def _actor_plans(filter: Filter, happenings: dict[int, Happening]) -> list[LanePlan]:
    shown = filter.actor[:MOST_LANES]
    lanes: dict[str, list[Happening]] = {slug: [] for slug in shown}
    parts = Participation.objects.filter(event__in=happenings).values_list(
        "event", "actor__slug", "actor__merged_into__slug"
    )
    for event, slug, successor in parts:
        if (successor or slug) in lanes:
            lanes[successor or slug].append(happenings[event])
    return [
        LanePlan(
            "",
            filter.name_of_actor(slug),
            "ink",
            _stretch_url(filter.only("actor", slug)),
            lane,
            reverse("timeline:actor_detail", args=[slug]),
        )
        for slug, lane in lanes.items()
    ]


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


def _pace_text(answers: Sequence[Answer]) -> str:
    """The answers in one sentence."""
    if not answers:
        return ""
    days = median_days(answers)
    text = ngettext(
        "%(count)d answer is dated to the day; half of all came within %(days)d days.",
        "%(count)d answers are dated to the day; half of them came within %(days)d days.",
        len(answers),
    )
    return text % {"count": len(answers), "days": days}
