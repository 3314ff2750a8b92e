"""How the record is made and how to correct it; the pictures that stand for the site."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse

from events.models import Citation, Event
from timeline import labels
from timeline.edition import edition_of, public_page
from timeline.filters import Filter
from timeline.finding import find
from timeline.sharecard import site_card


@public_page
def about(request: HttpRequest) -> HttpResponse:
    cited = Citation.objects.filter(
        Q(event__status=Event.Status.PUBLISHED) | Q(claim__event__status=Event.Status.PUBLISHED)
    ).aggregate(
        sources=Count("source", distinct=True),
        publishers=Count("source__publisher", distinct=True),
    )
    statuses = [
        (labels.CLAIM_MARKS[status], labels.word(labels.CLAIM_STATUS, status), status)
        for status in labels.CLAIM_STATUS
    ]
    context = {
        "events": Event.objects.published().count(),
        "sources": cited["sources"],
        "publishers": cited["publishers"],
        "statuses": statuses,
        "contact": reverse("suggestions:suggest"),
    }
    return render(request, "timeline/about.html", context)


@public_page
def card(request: HttpRequest) -> HttpResponse:
    """The whole record as a picture, for whoever shares the address of a list."""
    counted = find(Filter(), edition_of(request)).overview()
    return HttpResponse(site_card(counted.months, counted.total), content_type="image/png")


def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look that read no page first."""
    return HttpResponseRedirect(static("timeline/mark.ico"))
