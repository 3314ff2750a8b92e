"""The read-only API: each operation is one address, one query string, one answer."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse
from ninja import NinjaAPI, Path, Query

from events.models import Citation, Claim, Event, Publisher, Revision, Source
from events.record.lines import EventLine
from timeline.api import answers
from timeline.api.description import described
from timeline.api.parameters import (
    ChangesQuery,
    ClaimsQuery,
    EventsQuery,
    ListQuery,
    cursor_of,
    refuse_strangers,
)
from timeline.api.problems import Problem
from timeline.queries import events_for, shown_actors
from timeline.reuse.lines import (
    actor_line,
    claim_line,
    line_of,
    publisher_line,
    source_line,
    with_everything,
)

EventId = Annotated[
    str, Path(pattern=r"^[2-9a-z]{7,12}$", description="id of an event", examples=["9bsxx9b"])
]


class RecordAPI(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> Any:
        """Ninja's description, with what every answer has in common, and with examples."""
        schema = super().get_openapi_schema(path_prefix=reverse("timeline:api:api-root"))
        return described(schema, PROBLEMS)


PROBLEMS = {
    400: "A parameter is not known or cannot be read; `errors` names it.",
    404: "The record has nothing by that name.",
    406: "Only JSON is served.",
    410: "The event was retracted.",
    429: "Too many requests in this minute; see Retry-After.",
}

api = RecordAPI(
    title="AI Race Timeline",
    version="1",
    description=(
        "The public record of the AI race, read-only and without a key. Every answer has an ETag "
        "that changes only when the record does."
    ),
    docs_url=None,
    openapi_url="openapi.json",
    urls_namespace="api",
)


def _number(request: HttpRequest) -> int:
    number: int = request.edition.number  # type: ignore[attr-defined]
    return number


@api.get("edition", response=answers.Edition, summary="The edition of the record")
def edition(request: HttpRequest) -> answers.Edition:
    refuse_strangers(request)
    current = request.edition  # type: ignore[attr-defined]
    return answers.Edition(number=current.number, changed_at=current.changed_at)


@api.get("events", response=answers.EventPage, summary="Events, the newest published here first")
def events(request: HttpRequest, query: Query[EventsQuery]) -> answers.EventPage:
    refuse_strangers(request, EventsQuery)
    found = events_for(query.filter()).order_by("-first_published_at", "-id")
    if place := query.place():
        at, key = place
        found = found.filter(
            Q(first_published_at__lt=at) | Q(first_published_at=at, pk__lt=key),
        )
    rows = list(with_everything(found)[: query.limit + 1])
    shown = rows[: query.limit]
    return answers.EventPage(
        edition=_number(request),
        next_cursor=cursor_of(shown[-1]) if len(rows) > query.limit else None,
        results=[line_of(event) for event in shown],
    )


@api.get("events/{event_id}", response=EventLine, summary="One event")
def event(request: HttpRequest, event_id: EventId) -> EventLine:
    refuse_strangers(request)
    found = with_everything(Event.objects.once_public().filter(public_id=event_id)).first()
    if found is None or found.status == Event.Status.DRAFT:
        raise Problem(404, f"There is no event {event_id}.")
    if found.status == Event.Status.RETRACTED:
        raise Problem(410, f"Event {event_id} was retracted: {found.status_reason}")
    return line_of(found)


@api.get("claims", response=answers.ClaimPage, summary="Claims of published events")
def claims(request: HttpRequest, query: Query[ClaimsQuery]) -> answers.ClaimPage:
    refuse_strangers(request, ClaimsQuery)
    found = (
        Claim.objects.filter(event__status=Event.Status.PUBLISHED, pk__gt=query.after)
        .select_related("event", "said_by_actor", "reported_by_publisher")
        .prefetch_related("citations__source__publisher")
        .order_by("pk")
    )
    if query.status:
        found = found.filter(status__in=query.status)
    rows, cursor = _stretch(found, query)
    results = [
        answers.ClaimOfEvent(**claim_line(row).model_dump(), event=row.event.public_id)
        for row in rows
    ]
    return answers.ClaimPage(edition=_number(request), next_cursor=cursor, results=results)


@api.get("sources", response=answers.SourcePage, summary="Sources that published events cite")
def sources(request: HttpRequest, query: Query[ListQuery]) -> answers.SourcePage:
    refuse_strangers(request, ListQuery)
    published = Event.Status.PUBLISHED
    cited = Citation.objects.filter(
        Q(event__status=published) | Q(claim__event__status=published)
    ).values("source")
    found = Source.objects.filter(pk__in=cited, pk__gt=query.after).select_related("publisher")
    rows, cursor = _stretch(found.order_by("pk"), query)
    results = [source_line(row) for row in rows]
    return answers.SourcePage(edition=_number(request), next_cursor=cursor, results=results)


@api.get("actors", response=answers.ActorPage, summary="Who takes part")
def actors(request: HttpRequest, query: Query[ListQuery]) -> answers.ActorPage:
    refuse_strangers(request, ListQuery)
    found = shown_actors().filter(pk__gt=query.after).order_by("pk")
    rows, cursor = _stretch(found, query)
    results = [actor_line(row) for row in rows]
    return answers.ActorPage(edition=_number(request), next_cursor=cursor, results=results)


@api.get("publishers", response=answers.PublisherPage, summary="Who is cited")
def publishers(request: HttpRequest, query: Query[ListQuery]) -> answers.PublisherPage:
    refuse_strangers(request, ListQuery)
    cited = Citation.objects.filter(
        source__publisher=OuterRef("pk"), event__status=Event.Status.PUBLISHED
    )
    found = Publisher.objects.filter(Exists(cited), pk__gt=query.after)
    rows, cursor = _stretch(found.order_by("pk"), query)
    results = [publisher_line(row) for row in rows]
    return answers.PublisherPage(edition=_number(request), next_cursor=cursor, results=results)


@api.get("changes", response=answers.ChangePage, summary="What changed since an edition")
def changes(request: HttpRequest, query: Query[ChangesQuery]) -> answers.ChangePage:
    refuse_strangers(request, ChangesQuery)
    found = (
        Revision.objects.filter(
            edition__gt=query.since, pk__gt=query.after, event__first_published_at__isnull=False
        )
        .select_related("event")
        .defer("snapshot")
        .order_by("pk")
    )
    rows, cursor = _stretch(found, query)
    results = [
        answers.Change(
            edition=row.edition or 0,
            at=row.at,
            event=row.event.public_id,
            status=row.event.status,
            revision=row.number,
            reason=row.reason,
        )
        for row in rows
    ]
    return answers.ChangePage(edition=_number(request), next_cursor=cursor, results=results)


def _stretch(found: Any, query: ListQuery) -> tuple[list[Any], str | None]:
    rows = list(found[: query.limit + 1])
    shown = rows[: query.limit]
    return shown, str(shown[-1].pk) if len(rows) > query.limit else None
