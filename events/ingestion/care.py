"""Care of cited sources: look whether their pages stand, ask an archive to keep a copy."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q, QuerySet

from events.ingestion.link_check import DEAD_AFTER, judge, next_check
from events.ingestion.types import FeedRequest, Fetched, FetchError, NotModified
from events.models import Citation, Source

Fetch = Callable[[FeedRequest], Fetched | NotModified]
CLAIM = datetime.timedelta(hours=1)
ARCHIVE_TRIES = 6
ARCHIVE_FIRST_WAIT = datetime.timedelta(hours=1)
ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"


def cited() -> QuerySet[Source]:
    is_cited = Exists(Citation.objects.filter(source=OuterRef("pk")))
    return Source.objects.filter(is_cited, canonical_url__isnull=False)


def claim_link_checks(now: datetime.datetime, count: int) -> list[int]:
    """Ids of cited sources whose time has come; each is put off so that one worker has it."""
    due = Q(link_check_at__lte=now) | Q(link_check_at__isnull=True)
    found = list(cited().filter(due).values_list("pk", flat=True)[:count])
    return [
        pk
        for pk in found
        if Source.objects.filter(due, pk=pk).update(link_check_at=now + CLAIM) == 1
    ]


def check_link(source: Source, *, fetch: Fetch, now: datetime.datetime) -> None:
    """Ask once; a page is called gone after several failures on different days only."""
    address = source.url or source.canonical_url or ""
    try:
        answer: Fetched | FetchError | NotModified = fetch(FeedRequest(address, accept=ACCEPT))
    except FetchError as error:
        answer = error
    if isinstance(answer, NotModified):
        return
    verdict = judge(address, answer)
    previous = now - source.link_checked_at if source.link_checked_at else None
    failures = source.link_failures + 1 if verdict.is_failure else 0
    fields: dict[str, object] = {
        "link_checked_at": now,
        "link_status": verdict.status,
        "link_failures": failures,
        "link_check_at": next_check(previous, verdict, now),
    }
    if not verdict.is_failure or failures >= DEAD_AFTER:
        fields["link_state"] = verdict.state
    Source.objects.filter(pk=source.pk).update(**fields)


def claim_archiving(now: datetime.datetime, count: int) -> list[int]:
    """Ids of cited sources of which no copy is kept yet and whose next try is due."""
    open_states = (Source.ArchiveState.NONE, Source.ArchiveState.WAITING)
    due = Q(archive_next_at__lte=now) | Q(archive_next_at__isnull=True)
    wanted = cited().filter(due, archive_state__in=open_states, archive_url="")
    found = list(wanted.values_list("pk", flat=True)[:count])
    return [
        pk
        for pk in found
        if Source.objects.filter(due, pk=pk).update(archive_next_at=now + CLAIM) == 1
    ]


def ask_archive(source: Source, *, service: str, fetch: Fetch, now: datetime.datetime) -> None:
    """Ask the service for a copy. Failure is expected: it is noted and tried again, later."""
    try:
        answer = fetch(FeedRequest(service + (source.canonical_url or "")))
    except FetchError as error:
        tries = source.archive_tries + 1
        is_over = tries >= ARCHIVE_TRIES
        state = Source.ArchiveState.FAILED if is_over else Source.ArchiveState.WAITING
        Source.objects.filter(pk=source.pk).update(
            archive_tries=tries,
            archive_state=state,
            archive_error=str(error)[:300],
            archive_next_at=now + ARCHIVE_FIRST_WAIT * 4**tries,
        )
        return
    Source.objects.filter(pk=source.pk).update(
        archive_state=Source.ArchiveState.KEPT,
        archive_url=answer.url[:2000],
        archive_error="",
        archive_tries=source.archive_tries + 1,
    )
