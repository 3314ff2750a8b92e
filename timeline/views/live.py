"""Whether anything was published since a page was made."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext

from events.models import Revision
from events.models.ids import row_number
from timeline.edition import edition_of, public_page
from timeline.filters import Filter
from timeline.listing import list_url
from timeline.queries import events_for


@public_page
def live(request: HttpRequest) -> HttpResponse:
    """204 while the edition is the page's own; else how many events of its filter are new.

    An event is new when the first edition it was public in came after the page's: its own times
    would miss one whose transaction was still open while the page was made.
    """
    since = row_number(request.GET.get("since", ""))
    edition = edition_of(request)
    if since is None or since >= edition.number:
        return HttpResponse(status=204)
    public = Revision.objects.filter(event=OuterRef("pk"), edition__isnull=False)
    filter = Filter.parse(request.GET)
    count = events_for(filter).filter(~Exists(public.filter(edition__lte=since))).count()
    if not count:
        return HttpResponse(status=204)
    text = ngettext("%d new event", "%d new events", count) % count
    return render(request, "timeline/_live.html", {"text": text, "url": list_url(filter)})
