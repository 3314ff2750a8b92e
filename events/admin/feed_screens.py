"""Screens about feeds that are no forms of a row: add by address, lists, a poll as it happens."""

from __future__ import annotations

import datetime
from email.utils import format_datetime
from functools import cache
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from events.admin.site import may
from events.ingestion import opml, subscribing, workers
from events.ingestion.outgoing import door
from events.ingestion.sandbox import Sandbox
from events.ingestion.types import FoundFeed
from events.models import Feed, May
from events.models.ids import row_number

# A person waits for the answer, in one of the site's few threads.
SUBSCRIBE_SECONDS = 15
# Longer than a poll may take; then it waits behind others, or nobody works.
USUAL_SECONDS = 40


@cache
def _sandbox() -> Sandbox:
    return Sandbox()


def _require(request: HttpRequest, what: May) -> None:
    if not may(request, what):
        raise PermissionDenied


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    everything = {**admin.site.each_context(request), "title": title, **context}
    return render(request, template, everything)


def subscribe(request: HttpRequest) -> HttpResponse:
    """Add a feed by its address or its site's; a site with several feeds offers them."""
    _require(request, May.ADMINISTER)
    address = request.POST.get("address", "").replace("\x00", "").strip()
    fault = ""
    offered: tuple[FoundFeed, ...] = ()
    if request.method == "POST" and not address:
        fault = "Give an address."
    elif request.method == "POST":
        try:
            added = subscribing.subscribe(
                address, fetch=door().within(SUBSCRIBE_SECONDS), parse=_sandbox().parse
            )
        except subscribing.NotAFeed as error:
            fault, offered = str(error), error.offered
        else:
            return _to_added(request, added)
    return _page(
        request,
        "admin/feed_subscribe.html",
        "Add a feed",
        address=address,
        fault=fault,
        offered=offered,
    )


def _to_added(request: HttpRequest, added: subscribing.Added) -> HttpResponse:
    if not added.is_new:
        messages.info(request, "This feed is known already.")
    elif added.result:
        messages.success(request, f"Added; first poll: {added.result.line()}")
    return HttpResponseRedirect(reverse("admin:events_feed_change", args=[added.feed.pk]))


def import_opml(request: HttpRequest) -> HttpResponse:
    """Add the feeds of an uploaded list; what became of each line is shown."""
    _require(request, May.ADMINISTER)
    fault, results, began = "", [], timezone.now()
    if request.method == "POST":
        upload = request.FILES.get("list")
        try:
            if upload is None:
                raise opml.OpmlError("Choose a file.")
            lines = opml.read_opml(upload.read(opml.MOST_BYTES + 1))
            results = subscribing.import_lines(lines, began)
            fault = "" if lines else "The list names no feed (no outline has an xmlUrl)."
        except opml.OpmlError as error:
            fault = str(error)
    return _opml_page(
        request,
        "admin/feed_opml.html",
        began,
        fault=fault,
        results=results,
        counts=subscribing.count_outcomes(results),
    )


def opml_progress(request: HttpRequest) -> HttpResponse:
    """How far the first polls have come of what was added since a moment."""
    _require(request, May.ADMINISTER)
    since = _number(request, "since")
    if since is None:
        return HttpResponseRedirect(reverse("admin:feed_opml"))
    is_partial = request.headers.get("HX-Request") == "true"
    template = "admin/_feed_opml_progress.html" if is_partial else "admin/feed_opml.html"
    began = datetime.datetime.fromtimestamp(min(since, timezone.now().timestamp()), datetime.UTC)
    return _opml_page(request, template, began)


def _opml_page(
    request: HttpRequest, template: str, since: datetime.datetime, **context: Any
) -> HttpResponse:
    second = int(since.timestamp())
    return _page(
        request,
        template,
        "Import a subscription list",
        progress=subscribing.first_polls(datetime.datetime.fromtimestamp(second, datetime.UTC)),
        again=f"{reverse('admin:feed_opml_progress')}?since={second}",
        first_polls_minutes=subscribing.FIRST_POLLS // datetime.timedelta(minutes=1),
        **context,
    )


def export_opml(request: HttpRequest) -> HttpResponse:
    _require(request, May.DRAFT)
    now = timezone.now()
    context = {
        "title": "All feeds",
        "created": format_datetime(now, usegmt=True),
        "groups": subscribing.exported_groups(),
    }
    response = render(request, "opml.xml", context, content_type="text/x-opml; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="feeds.opml"'
    return response


def poll(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a poll (POST), then show what comes of it, looking again until it is there."""
    _require(request, May.DECIDE)
    feed = get_object_or_404(Feed, pk=pk)
    if request.method == "POST":
        return _ask_for_poll(request, feed)
    since, asked = _number(request, "since"), _number(request, "asked")
    run = None if since is None else feed.runs.filter(pk__gt=since).order_by("pk").first()
    is_waiting = since is not None and run is None
    context = {
        "feed": feed,
        "run": run,
        "entries": feed.entries.filter(first_seen_at__gte=run.started_at)[:20] if run else [],
        "is_waiting": is_waiting,
        "is_late": is_waiting and timezone.now().timestamp() - (asked or 0) > USUAL_SECONDS,
        "again": request.get_full_path(),
        "runs": feed.runs.all()[:15],
    }
    is_partial = request.headers.get("HX-Request") == "true"
    template = "admin/_feed_poll.html" if is_partial else "admin/feed_poll.html"
    return _page(request, template, f"Poll {feed}", **context)


def _ask_for_poll(request: HttpRequest, feed: Feed) -> HttpResponse:
    """Go to a page that names the newest poll before this one: reloading it asks nothing anew."""
    query = ""
    newest = feed.runs.order_by("-pk").values_list("pk", flat=True).first() or 0
    try:
        workers.ask_for_poll(feed.pk)
        query = f"?since={newest}&asked={int(timezone.now().timestamp())}"
    except workers.Unreachable as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("admin:feed_poll", args=[feed.pk]) + query)


def _number(request: HttpRequest, name: str) -> int | None:
    return row_number(request.GET.get(name, ""))
