"""The page of one event, and every address that leads to it or once led to it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from events.models import Event, EventSlug
from timeline.cards import event_url
from timeline.dossier import dossier_of
from timeline.edition import public_page


@public_page
def event_detail(request: HttpRequest, public_id: str, slug: str) -> HttpResponse:
    event = Event.objects.once_public().filter(public_id=public_id).first()
    if event is None:
        raise Http404("No event has this address.")
    if event.status == Event.Status.MERGED:
        return HttpResponsePermanentRedirect(event_url(successor(event)))
    if event.status != Event.Status.PUBLISHED:
        return gone(request, event)
    if slug != event.slug:
        return HttpResponsePermanentRedirect(event_url(event))
    return render(request, "timeline/event_detail.html", {"dossier": dossier_of(event)})


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
