"""How the record is made and how to correct it."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from events.models import Citation, Event
from timeline import labels
from timeline.edition import public_page


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
