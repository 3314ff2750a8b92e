"""Pages of actors, topics and regions: who or what, and its own stretch of the timeline."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, Min, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext

from events.models import Actor, Claim, Event
from timeline import labels
from timeline.cards import actor_link
from timeline.dossier import ClaimOfEvent, claim_of_event
from timeline.edition import edition_of, public_page
from timeline.filters import Filter
from timeline.finding import find
from timeline.listing import Window, list_url, listing_of
from timeline.rail import rail_of


@public_page
def actor_detail(request: HttpRequest, slug: str) -> HttpResponse:
    actor = Actor.objects.filter(slug=slug).select_related("merged_into").first()
    if actor is None:
        raise Http404("No actor has this address.")
    if actor.merged_into:
        return HttpResponsePermanentRedirect(actor_link(actor.merged_into).url)
    filter = Filter(actor=(actor.slug,), actor_names=((actor.slug, actor.name),))
    context = _timeline_of(request, filter) | {
        "actor": actor,
        "kind": labels.word(labels.ACTOR_KINDS, actor.kind),
        "country": labels.word(labels.REGIONS, actor.country),
        "claims": _claims(actor),
    }
    if not context["total"]:
        raise Http404("Nothing published names this actor.")
    return render(request, "timeline/actor_detail.html", context)


def _timeline_of(request: HttpRequest, filter: Filter) -> dict[str, object]:
    found = find(filter, edition_of(request))
    counted = found.overview()
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
        "first": min(counted.months, default=None),
        "latest": max(counted.months, default=None),
    }


def _claims(actor: Actor) -> list[ClaimOfEvent]:
    """What the actor claimed, doubted claims first."""
    claims = Claim.objects.filter(
        said_by_actor=actor, event__status=Event.Status.PUBLISHED
    ).select_related("event", "said_by_actor", "reported_by_publisher")
    order = list(labels.CLAIM_STATUS)
    ranked = sorted(claims, key=lambda claim: -order.index(claim.status))
    return [claim_of_event(claim) for claim in ranked]


@dataclass(frozen=True)
class IndexLine:
    name: str
    url: str
    count: int
    note: str


@public_page
def actor_list(request: HttpRequest) -> HttpResponse:
    published = Q(events__status=Event.Status.PUBLISHED)
    actors = (
        Actor.objects.filter(merged_into__isnull=True)
        .annotate(
            count=Count("events", filter=published, distinct=True),
            first=Min("events__earliest", filter=published),
            latest=Max("events__earliest", filter=published),
        )
        .filter(count__gt=0)
        .order_by("-count", "name")
    )
    groups = [
        (
            labels.word(labels.ACTOR_KINDS, kind),
            [
                IndexLine(a.name, actor_link(a).url, a.count, a.country)
                for a in actors
                if a.kind == kind
            ],
        )
        for kind in labels.ACTOR_KINDS
    ]
    return render(request, "timeline/actor_list.html", {"groups": [g for g in groups if g[1]]})


@public_page
def topic_detail(request: HttpRequest, tag: str) -> HttpResponse:
    context = _timeline_of(request, Filter(tag=(tag,))) | {"name": tag}
    if not context["total"]:
        raise Http404("No event has this topic.")
    return render(request, "timeline/topic_detail.html", context)


@public_page
def region_detail(request: HttpRequest, code: str) -> HttpResponse:
    name = labels.word(labels.REGIONS, code.upper())
    if code != code.upper():
        return HttpResponsePermanentRedirect(request.path.replace(code, code.upper()))
    context = _timeline_of(request, Filter(region=(code,))) | {"name": name, "code": code}
    if not context["total"]:
        raise Http404("No event concerns this region.")
    return render(request, "timeline/region_detail.html", context)
