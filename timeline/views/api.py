"""The API for people: what there is, how to ask for it, and commands that can be copied."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from events.models import Edition, Event
from timeline.edition import public_page
from timeline.syndication.ids import absolute


@dataclass(frozen=True)
class Example:
    """A command to copy; `about` says what it fetches."""

    about: str
    command: str


@public_page
def api(request: HttpRequest) -> HttpResponse:
    root = absolute(reverse("timeline:api:api-root"))
    edition: Edition = request.edition  # type: ignore[attr-defined]
    context = {
        "root": root,
        "examples": _examples(root, edition.number),
        "addresses": _addresses(),
        "filters": _filters(),
        "per_minute": settings.API_REQUESTS_PER_MINUTE,
        "description_url": f"{root}openapi.json",
        "license": settings.DATA_LICENSE,
    }
    return render(request, "timeline/api.html", context)


def _examples(root: str, edition: int) -> list[Example]:
    file = absolute(reverse("timeline:data_file", args=["jsonl"]))
    newest = Event.objects.published().order_by("-first_published_at", "-pk").first()
    examples = [
        Example(_("The three events published last"), f"curl '{root}events?limit=3'"),
        Example(
            _("Chips and China, since 2025"),
            f"curl '{root}events?category=chips&region=CN&from=2025'",
        ),
        Example(_("Events in which words occur"), f"curl '{root}events?q=open+weights'"),
        Example(
            _("Claims that are disputed or refuted"),
            f"curl '{root}claims?status=disputed&status=refuted'",
        ),
        Example(
            _("What changed since an edition"),
            f"curl '{root}changes?since={max(edition - 1, 0)}'",
        ),
        Example(
            _("Asked again, an unchanged answer is 304 and empty"),
            f"curl -i --etag-compare seen --etag-save seen '{root}edition'",
        ),
        Example(
            _("The whole record, one event a line"),
            f"curl --compressed -o events.jsonl '{file}'",
        ),
    ]
    if newest:
        one = Example(_("One event by its id"), f"curl '{root}events/{newest.public_id}'")
        examples.insert(3, one)
    return examples


def _addresses() -> list[tuple[str, str]]:
    return [
        ("events", _("published events with sources, claims, dates and relations")),
        ("events/ID", _("one event; 410 when it was retracted")),
        ("claims", _("claims of published events and how they stand")),
        ("sources", _("what published events cite")),
        ("actors", _("who takes part")),
        ("publishers", _("who is cited")),
        ("changes", _("what changed since an edition, oldest first")),
        ("edition", _("the number that grows with every change of the record")),
    ]


def _filters() -> list[tuple[str, str]]:
    return [
        ("q", _("words, as in the search box")),
        ("category · actor · region · tag", _("as in the address of a filtered timeline")),
        ("importance · claims", _("1 to 3; the status of a claim")),
        ("from · to", _("2025, 2025-01 or 2025-01-20")),
        ("limit · cursor", _("at most 200; next_cursor of the answer before")),
    ]
