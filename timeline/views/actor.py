"""Pages of actors, topics and regions: who or what, and its own stretch of the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import RowNumber
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Actor, Claim, Event, Participation
from timeline import labels
from timeline.cards import actor_link, event_url, foreign
from timeline.claimed import ClaimOfEvent, claim_of_event
from timeline.dates import date_text
from timeline.edition import edition_of, public_page
from timeline.filters import Filter
from timeline.finding import Found, ValueCount, find
from timeline.listing import Listing, Window, list_url, listing_of
from timeline.markdown import plain
from timeline.rail import rail_of
from timeline.views.claims import DOUBTED

MOST_CLAIMS = 40
MOST_TOPICS = 100


@public_page
def actor_detail(request: HttpRequest, slug: str) -> HttpResponse:
    actor = Actor.objects.filter(slug=slug).select_related("merged_into").first()
    if actor is None:
        raise Http404("No actor has this address.")
    if actor.merged_into:
        return HttpResponsePermanentRedirect(actor_link(actor.merged_into).url)
    filter = Filter(actor=(actor.slug,), actor_names=((actor.slug, actor.name),))
    context = _timeline_of(find(filter, edition_of(request)))
    if not context["total"]:
        raise Http404("Nothing published names this actor.")
    by, about = _claims_of(actor)
    context |= {
        "actor": actor,
        "name": actor.name,
        "kind": labels.word(labels.ACTOR_KINDS, actor.kind),
        "country": labels.word(labels.REGIONS, actor.country),
        "claims_by": by,
        "claims_about": about,
    }
    return render(request, "timeline/actor_detail.html", context)


def _timeline_of(found: Found) -> dict[str, Any]:
    filter, counted = found.filter, found.overview()
    listing = listing_of(found, Window(), timezone.now().date())
    return {
        "filter": filter,
        "listing": listing,
        "total": counted.total,
        "total_text": ngettext("%d event", "%d events", counted.total) % counted.total,
        "rail": rail_of(
            counted.months, visible=listing.days, url=list_url(filter, at="-").removesuffix("-")
        ),
        "all_url": list_url(filter),
        "race_url": f"{reverse('timeline:race')}?{filter.query_string}",
        "follow_url": f"{reverse('timeline:follow')}?{filter.query_string}",
        "first": _first(found),
        "latest": _latest(listing),
    }


@dataclass(frozen=True)
class EdgeLine:
    """The first or the latest event of somebody or something."""

    title: str
    lang: str
    url: str
    date: str


def _latest(listing: Listing) -> EdgeLine | None:
    card = next((card for group in listing.groups for card in group.cards), None)
    return EdgeLine(card.title, card.lang, card.url, card.full_date) if card else None


def _first(found: Found) -> EdgeLine | None:
    event = found.first()
    if event is None:
        return None
    title, url = plain(event.title), event_url(event)
    return EdgeLine(title, foreign(event.title), url, date_text(event.date))


def _claims_of(actor: Actor) -> tuple[list[ClaimOfEvent], list[ClaimOfEvent]]:
    """What the actor claimed, and what others claim where it takes part; doubted claims first."""
    takes_part = Participation.objects.filter(event=OuterRef("event"), actor=actor)
    claims = _ranked(Claim.objects.filter(Q(said_by_actor=actor) | Exists(takes_part)))
    is_own = Case(When(said_by_actor=actor, then=True), default=False)
    # Both lists in one query, cut off by the database: an actor may be part of half the record.
    place = models.Window(RowNumber(), partition_by=is_own, order_by=_RANKED)
    shown = list(claims.annotate(place=place).filter(place__lte=MOST_CLAIMS))
    by = [claim for claim in shown if claim.said_by_actor_id == actor.pk]
    about = [claim for claim in shown if claim.said_by_actor_id != actor.pk]
    return [claim_of_event(claim) for claim in by], [claim_of_event(claim) for claim in about]


def _doubted(condition: Q) -> list[ClaimOfEvent]:
    """Disputed and refuted claims of a topic's or a region's events."""
    claims = Claim.objects.filter(condition, status__in=DOUBTED)
    return [claim_of_event(claim) for claim in _ranked(claims)[:MOST_CLAIMS]]


# The doubted first, then those of the newest events.
_RANKED = (
    Case(*(When(status=status, then=n) for n, status in enumerate(labels.CLAIM_STATUS))).desc(),
    F("event__earliest").desc(),
    F("event_id").asc(),
    F("position").asc(),
)


def _ranked(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    published = claims.filter(event__status=Event.Status.PUBLISHED)
    return published.select_related("event", "said_by_actor", "reported_by_publisher").order_by(
        *_RANKED
    )


@dataclass(frozen=True)
class IndexLine:
    name: str
    url: str
    count: int
    note: str


@public_page
def actor_list(request: HttpRequest) -> HttpResponse:
    facets = find(Filter(), edition_of(request)).overview().facets
    counts = {count.value: count.count for count in facets["actor"]}
    actors = sorted(
        Actor.objects.filter(slug__in=counts), key=lambda actor: (-counts[actor.slug], actor.name)
    )
    groups = [
        (
            labels.word(labels.ACTOR_GROUPS, kind),
            [
                IndexLine(actor.name, actor_link(actor).url, counts[actor.slug], actor.country)
                for actor in actors
                if actor.kind == kind
            ],
        )
        for kind in labels.ACTOR_KINDS
    ]
    groups += [
        (_("Regions"), [_region_line(count) for count in facets["region"]]),
        (_("Topics"), [_topic_line(count) for count in facets["tag"][:MOST_TOPICS]]),
    ]
    return render(request, "timeline/actor_list.html", {"groups": [g for g in groups if g[1]]})


def _region_line(count: ValueCount) -> IndexLine:
    name = labels.word(labels.REGIONS, count.value)
    url = reverse("timeline:region_detail", args=[count.value])
    return IndexLine(name, url, count.count, count.value)


def _topic_line(count: ValueCount) -> IndexLine:
    url = reverse("timeline:topic_detail", args=[count.value])
    return IndexLine(labels.topic(count.value), url, count.count, "")


@public_page
def topic_detail(request: HttpRequest, tag: str) -> HttpResponse:
    found = find(Filter(tag=(tag,)), edition_of(request))
    context = _timeline_of(found)
    if not context["total"]:
        raise Http404("No event has this topic.")
    context |= {
        "kind": _("Topic"),
        "name": labels.topic(tag),
        "claims_about": _doubted(Q(event__tags__contains=[tag])),
    }
    return render(request, "timeline/subject.html", context)


@public_page
def region_detail(request: HttpRequest, code: str) -> HttpResponse:
    if code != code.upper():
        return HttpResponsePermanentRedirect(request.path.replace(code, code.upper()))
    found = find(Filter(region=(code,)), edition_of(request))
    context = _timeline_of(found)
    if not context["total"]:
        raise Http404("No event concerns this region.")
    context |= {
        "kind": _("Region"),
        "name": labels.word(labels.REGIONS, code),
        "claims_about": _doubted(Q(event__regions__contains=[code])),
    }
    return render(request, "timeline/subject.html", context)
