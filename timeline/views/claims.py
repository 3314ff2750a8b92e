"""Every claim that is in doubt, in one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from events.models import Claim, Event
from timeline import labels
from timeline.claimed import ClaimOfEvent, claim_of_event
from timeline.edition import public_page

DOUBTED = ("refuted", "disputed")
MOST = 500


@dataclass(frozen=True)
class StatusChoice:
    status: str
    mark: str
    label: str
    count: int
    url: str
    is_chosen: bool


@public_page
def claim_list(request: HttpRequest) -> HttpResponse:
    """Refuted and disputed claims, or those of the one status that is asked for."""
    asked = request.GET.get("status", "")
    statuses = (asked,) if asked in labels.CLAIM_STATUS else DOUBTED
    published = Claim.objects.filter(event__status=Event.Status.PUBLISHED)
    claims = list(
        published.filter(status__in=statuses)
        .select_related("event", "said_by_actor", "reported_by_publisher")
        .order_by("-event__earliest", "event_id", "position")[:MOST]
    )
    counts = dict(published.order_by().values_list("status").annotate(Count("id")))
    context = {
        "groups": [_group(status, claims) for status in statuses],
        "choices": [
            _choice(status, statuses, counts) for status in reversed(list(labels.CLAIM_STATUS))
        ],
        "is_doubted": statuses == DOUBTED,
    }
    return render(request, "timeline/claim_list.html", context)


def _group(status: str, claims: Iterable[Claim]) -> tuple[str, list[ClaimOfEvent]]:
    lines = [claim_of_event(claim) for claim in claims if claim.status == status]
    return labels.word(labels.CLAIM_STATUS, status), lines


def _choice(status: str, chosen: tuple[str, ...], counts: dict[str, int]) -> StatusChoice:
    return StatusChoice(
        status,
        labels.CLAIM_MARKS[status],
        labels.word(labels.CLAIM_STATUS, status),
        counts.get(status, 0),
        f"{reverse('timeline:claim_list')}?status={status}",
        chosen == (status,),
    )
