"""The page of one event, what belongs to it, and every address that leads or once led to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event, EventSlug
from timeline.cards import event_url, publishers_of, publishers_text
from timeline.citing import FORMATS, CitedEvent, cite_links
from timeline.dates import month_text
from timeline.dossier import dossier_of
from timeline.edition import View, public_page
from timeline.filters import Filter
from timeline.history import steps_of
from timeline.jsonld import event_json_ld
from timeline.listing import list_url
from timeline.sharecard import card_of
from timeline.site import oembed_url


def event_page(view: Callable[..., HttpResponseBase]) -> View:
    """A page of one published event at `…/<public id>/<slug>/…`; the view gets the event.

    An event that is gone, merged or renamed is answered here, the same on all of its pages.
    """

    @public_page
    def answer(request: HttpRequest, public_id: str, slug: str, **more: Any) -> HttpResponseBase:
        event = Event.objects.once_public().filter(public_id=public_id).first()
        if event is None:
            raise Http404("No event has this address.")
        if event.status == Event.Status.MERGED:
            return HttpResponsePermanentRedirect(event_url(successor(event)))
        if event.status != Event.Status.PUBLISHED:
            return gone(request, event)
        if slug != event.slug:
            return HttpResponsePermanentRedirect(event_url(event))
        return view(request, event, **more)

    return answer


@event_page
def event_detail(request: HttpRequest, event: Event) -> HttpResponse:
    dossier = dossier_of(event)
    context = {
        "dossier": dossier,
        **_ways_on(event),
        "cited": CitedEvent.of(event, timezone.now().date()).text(),
        "cite_links": cite_links(event),
        "short_url": settings.SITE_URL + reverse("timeline:short", args=[event.public_id]),
        "card_url": settings.SITE_URL
        + reverse("timeline:event_card", args=[event.public_id, event.slug]),
        "card_alt": f"{dossier.title}, {dossier.date}",
        "oembed_url": oembed_url(event_url(event)),
        "correct_url": f"{reverse('suggestions:suggest')}?event={event.public_id}",
        "json_ld": event_json_ld(dossier),
    }
    return render(request, "timeline/event_detail.html", context)


def _ways_on(event: Event) -> dict[str, str]:
    """Where a reader goes from an event: its month, what tells of the next ones, a frame."""
    day = event.earliest or event.latest
    assert day
    return {
        "month": _("%s in the record") % month_text(day),
        "month_url": f"{list_url(Filter(), at=f'{day:%Y-%m}')}#e-{event.public_id}",
        "follow_url": f"{reverse('timeline:follow')}?category={event.category}",
        "embed_url": reverse("timeline:embed_event", args=[event.public_id]),
    }


@event_page
def event_history(request: HttpRequest, event: Event) -> HttpResponse:
    context = {"event": event, "url": event_url(event), "steps": steps_of(event)}
    return render(request, "timeline/event_history.html", context)


@event_page
def event_cite(request: HttpRequest, event: Event, format: str) -> HttpResponse:
    if format not in FORMATS:
        raise Http404("There is no such format of citation.")
    cited = CitedEvent.of(event, timezone.now().date())
    response = HttpResponse(cited.written(format), content_type=FORMATS[format])
    if format != "txt":
        name = f"{cited.key}.{format}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@event_page
def event_card(request: HttpRequest, event: Event) -> HttpResponse:
    publishers = publishers_text(publishers_of([event.pk]).get(event.pk, 0))
    return HttpResponse(card_of(event, publishers), content_type="image/png")


@public_page
def event_redirect(request: HttpRequest, key: str) -> HttpResponse:
    """Lead from a public id, or from any slug an event ever had, to its address."""
    known = Event.objects.once_public()
    event = known.filter(public_id=key).first()
    if event is None:
        slug = EventSlug.objects.filter(slug=key, event__in=known).select_related("event").first()
        if slug is None:
            raise Http404("No event has this address.")
        event = slug.event
    if event.status in (Event.Status.RETRACTED, Event.Status.DRAFT):
        return gone(request, event)
    return HttpResponsePermanentRedirect(event_url(successor(event)))


def successor(event: Event) -> Event:
    """The event that stands for this one after all merges."""
    seen = {event.pk}
    while event.merged_into is not None and event.merged_into_id not in seen:
        event = event.merged_into
        seen.add(event.pk)
    return event


def gone(request: HttpRequest, event: Event) -> HttpResponse:
    """A tombstone: that something stood here, and why it does not any more; not what it said."""
    return render(request, "410.html", {"event": event}, status=410)
