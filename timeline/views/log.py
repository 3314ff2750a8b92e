"""The public log: every decision on what readers can see, with its reason. Never edited."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from events.models import Decision
from events.models.ids import row_number
from timeline import labels
from timeline.edition import public_page
from timeline.languages import DEFAULT, TAGS
from timeline.markdown import plain
from timeline.site import site_name
from timeline.syndication.addresses import FORMS
from timeline.syndication.answering import public_file
from timeline.syndication.feed import Feed
from timeline.syndication.formats import feed_response
from timeline.syndication.ids import absolute, change_tag, tag_of
from timeline.syndication.items import Category, Item

PAGE = 50


@public_page
def log(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request.GET)
    before = row_number(request.GET.get("before", ""))
    decisions = _decisions(chosen)
    if before is not None:
        decisions = decisions.filter(pk__lt=before)
    found = list(decisions[: PAGE + 1])
    older = ""
    if len(found) > PAGE:
        older = urlencode({**chosen, "before": found[PAGE - 1].pk})
    context: dict[str, Any] = {
        "lines": [_line(decision) for decision in found[:PAGE]],
        "older": older,
        "actions": [
            (value, labels.word(labels.ACTIONS, value), value == chosen.get("action"))
            for value in Decision.Action.values
        ],
        "chosen": chosen,
        "feed": f"{reverse('timeline:log_feed')}?{urlencode(chosen)}".rstrip("?"),
    }
    return render(request, "timeline/log.html", context)


@public_file(FORMS["atom"], "application/xml", "text/xml", "text/plain")
def log_feed(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request.GET)
    found = _decisions(chosen)[:PAGE]
    query = f"?{urlencode(chosen)}".rstrip("?")
    edition = request.edition  # type: ignore[attr-defined]
    feed = Feed(
        id=tag_of(f"log{query}"),
        title=f"{site_name()} – {_('Log')}",
        subtitle=_("Every decision on what you can read here, who took it and why. Never edited."),
        language=TAGS.get(translation.get_language() or DEFAULT, TAGS[DEFAULT]),
        home_url=absolute(reverse("timeline:log")) + query,
        self_url=request.build_absolute_uri(),
        current_url=absolute(reverse("timeline:log_feed")) + query,
        older_url="",
        newer_url="",
        hub_url="",
        is_archive=False,
        updated=max((decision.at for decision in found), default=edition.changed_at),
        items=[_item(decision) for decision in found],
    )
    return feed_response(request, feed, "atom")


def _item(decision: Decision) -> Item:
    line = _line(decision)
    title = plain(f"{line['action']}: {line['title']}")
    summary = plain(decision.reason) or title
    return Item(
        id=change_tag(decision),
        url=absolute(line["url"]),
        title=title,
        summary=summary,
        content=format_html("<p>{}</p>", summary),
        published=decision.at,
        updated=decision.at,
        edtf=f"{decision.at:%Y-%m-%d}",
        categories=[Category(decision.action, str(line["action"]))],
        author=plain(decision.by_name),
    )


def _chosen(query: QueryDict) -> dict[str, str]:
    """Known filters only; an unknown value is left out, and the page shows what it filters by."""
    names = ("action", "by", "event")
    chosen = {name: query.get(name, "").replace("\x00", "").strip() for name in names}
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
    title, url = _about(decision)
    return {
        "at": decision.at,
        "by": decision.by_name,
        "action": labels.word(labels.ACTIONS, decision.action),
        "reason": decision.reason,
        "title": title,
        "url": url,
    }


def _about(decision: Decision) -> tuple[str, str]:
    """What was decided on, and where readers find it."""
    event, log_page = decision.event, reverse("timeline:log")
    if event is not None and event.first_published_at is not None:
        return event.title, event.get_absolute_url()
    if named := decision.detail.get("named"):
        if named["kind"] == "actor":
            return named["name"], reverse("timeline:actor_detail", args=[named["slug"]])
        return named["name"], log_page
    return _("several events"), log_page
