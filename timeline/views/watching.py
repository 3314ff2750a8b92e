"""The page of the feeds we watch, and the same as a subscription list.

Polls do not move the edition, so these two are fresh for some minutes instead.
"""

from __future__ import annotations

from email.utils import format_datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control

from timeline.edition import compressed, read_only
from timeline.site import site_name
from timeline.watching import watched_groups

FRESH_SECONDS = 300


@read_only
@compressed
@cache_control(public=True, max_age=FRESH_SECONDS)
def watched(request: HttpRequest) -> HttpResponse:
    groups = watched_groups(timezone.now())
    number = sum(len(group.feeds) for group in groups)
    total = ngettext("%d feed is watched.", "%d feeds are watched.", number) % number
    return render(request, "timeline/watched.html", {"groups": groups, "total": total})


@read_only
@compressed
@cache_control(public=True, max_age=FRESH_SECONDS)
def watched_opml(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "title": site_name(),
        "created": format_datetime(now, usegmt=True),
        "groups": watched_groups(now),
    }
    response = render(request, "opml.xml", context, content_type="text/x-opml; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="watched.opml"'
    return response
