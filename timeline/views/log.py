"""The public log: every decision on what readers can see, with its reason. Never edited."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from events.models import Decision
from timeline.edition import public_page
from timeline.syndication.ids import change_tag, tag_of

PAGE = 50


@public_page
def log(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request.GET)
    before = request.GET.get("before", "")
    decisions = _decisions(chosen)
    if before.isdigit():
        decisions = decisions.filter(pk__lt=int(before))
    found = list(decisions[: PAGE + 1])
    older = ""
    if len(found) > PAGE:
        older = urlencode({**chosen, "before": found[PAGE - 1].pk})
    context: dict[str, Any] = {
        "lines": [_line(decision) for decision in found[:PAGE]],
        "older": older,
        "actions": [
            (value, label, value == chosen.get("action"))
            for value, label in Decision.Action.choices
        ],
        "chosen": chosen,
        "feed": f"{reverse('timeline:log_feed')}?{urlencode(chosen)}".rstrip("?"),
    }
    return render(request, "timeline/log.html", context)


@public_page
def log_feed(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request.GET)
    address = settings.SITE_URL + reverse("timeline:log_feed")
    feed = Atom1Feed(
        title=f"{settings.SITE_NAME}: decisions",
        link=settings.SITE_URL + reverse("timeline:log"),
        description="",
        feed_url=f"{address}?{urlencode(chosen)}".rstrip("?"),
        feed_guid=tag_of("log"),
    )
    for decision in _decisions(chosen)[:PAGE]:
        line = _line(decision)
        feed.add_item(
            title=f"{line['action']}: {line['title']}",
            link=settings.SITE_URL + line["url"],
            description=decision.reason,
            author_name=decision.by_name,
            unique_id=change_tag(decision),
            pubdate=decision.at,
            updateddate=decision.at,
        )
    return HttpResponse(
        feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )


def _chosen(query: QueryDict) -> dict[str, str]:
    """Known filters only; an unknown value is left out, and the page shows what it filters by."""
    chosen = {name: query.get(name, "").strip() for name in ("action", "by", "event")}
    if chosen["action"] not in Decision.Action.values:
        chosen["action"] = ""
    return {name: value for name, value in chosen.items() if value}


def _decisions(chosen: dict[str, str]) -> QuerySet[Decision]:
    decisions = Decision.objects.filter(is_public=True).select_related("event").order_by("-pk")
    if "action" in chosen:
        decisions = decisions.filter(action=chosen["action"])
    if "by" in chosen:
        decisions = decisions.filter(by_name=chosen["by"])
    if "event" in chosen:
        decisions = decisions.filter(event__public_id=chosen["event"])
    return decisions


def _line(decision: Decision) -> dict[str, Any]:
    event = decision.event
    is_known = event is not None and event.first_published_at is not None
    return {
        "at": decision.at,
        "by": decision.by_name,
        "action": decision.get_action_display(),
        "reason": decision.reason,
        "title": event.title if event is not None and is_known else "several events",
        "url": event.get_absolute_url() if event is not None and is_known else "/log/",
    }
