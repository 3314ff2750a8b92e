"""The timeline and single events inside other people's pages."""

from __future__ import annotations

import html
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.views.decorators.clickjacking import xframe_options_exempt

from events.models import Event
from timeline.cards import cards_for
from timeline.edition import edition_of, public_page
from timeline.filters import Filter
from timeline.finding import find
from timeline.languages import language_of
from timeline.listing import Window, list_url, listing_of
from timeline.markdown import plain
from timeline.panels import title_of
from timeline.site import site_name

MOST_EVENTS = 20
WIDTH, EVENT_HEIGHT, LIST_HEIGHT = 640, 260, 640
# Anybody may frame these pages; they set no cookie and take no input.
FRAMES = {"frame-ancestors": ["*"]}


@xframe_options_exempt
@csp_replace(FRAMES)
@public_page
def embed_list(request: HttpRequest) -> HttpResponse:
    filter = Filter.parse(request.GET)
    found = find(filter, edition_of(request))
    listing = listing_of(found, Window(show=MOST_EVENTS), timezone.now().date())
    context = {"listing": listing, "title": title_of(filter), "url": list_url(filter)}
    return render(request, "timeline/embed_list.html", context)


@xframe_options_exempt
@csp_replace(FRAMES)
@public_page
def embed_event(request: HttpRequest, public_id: str) -> HttpResponse:
    event = Event.objects.published().filter(public_id=public_id).first()
    if event is None:
        raise Http404("No published event has this address.")
    (card,) = cards_for([event])
    return render(request, "timeline/embed_event.html", {"card": card, "title": plain(event.title)})


@public_page
def oembed(request: HttpRequest) -> HttpResponse:
    """https://oembed.com for addresses of the timeline and of events."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse("Only JSON is spoken here.", status=501, content_type="text/plain")
    target = _embeddable(request.GET.get("url", ""))
    if target is None:
        raise Http404("Nothing that can be embedded has this address.")
    title, path, height = target
    width = min(WIDTH, _pixels(request, "maxwidth", WIDTH))
    height = min(height, _pixels(request, "maxheight", height))
    frame = (
        f'<iframe src="{html.escape(settings.SITE_URL + path)}" title="{html.escape(title)}" '
        f'width="{width}" height="{height}" loading="lazy"></iframe>'
    )
    return JsonResponse(
        {
            "version": "1.0",
            "type": "rich",
            "title": title,
            "provider_name": site_name(),
            "provider_url": settings.SITE_URL + "/",
            "html": frame,
            "width": width,
            "height": height,
            "cache_age": 3600,
        }
    )


def _embeddable(url: str) -> tuple[str, str, int] | None:
    """Title, path of the frame and height for an address of ours; None for any other."""
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}" != settings.SITE_URL:
        return None
    try:
        with translation.override(language_of(parts.path)):
            match = resolve(parts.path)
    except Resolver404:
        return None
    if match.view_name == "timeline:event_list":
        filter = Filter.parse(QueryDict(parts.query))
        path = reverse("timeline:embed_list")
        query = filter.query_string
        return title_of(filter) or site_name(), f"{path}?{query}" if query else path, LIST_HEIGHT
    if match.view_name in ("timeline:event_detail", "timeline:short"):
        public_id = match.kwargs.get("public_id") or match.kwargs["key"]
        event = Event.objects.published().filter(public_id=public_id).first()
        if event:
            path = reverse("timeline:embed_event", args=[event.public_id])
            return plain(event.title), path, EVENT_HEIGHT
    return None


def _pixels(request: HttpRequest, name: str, default: int) -> int:
    written = request.GET.get(name, "")
    is_number = written.isascii() and written.isdigit() and 0 < len(written) < 6
    return max(int(written), 200) if is_number else default
