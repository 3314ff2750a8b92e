"""The whole record, out as JSON Lines and in again: as the files have it, and after years at the
desk."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from events.ingestion.canonical import canonicalize_url
from events.models import (
    Actor,
    Citation,
    Claim,
    Event,
    EventDate,
    Participation,
    Publisher,
    Relation,
    Source,
)
from events.moderation.importing import import_record
from events.moderation.lifecycle import (
    Draft,
    amend,
    create_event,
    publish_event,
    retract_event,
)
from events.moderation.merging import merge_events, unmerge_event
from events.moderation.restoring import restore
from events.moderation.step import step
from events.record.exported import read_lines
from events.record.reading import INITIAL, read_record
from timeline.reuse.files import write_jsonl
from timeline.reuse.lines import lines_of
from timeline.reuse.views import chosen

pytestmark = pytest.mark.django_db
# Each of these ends a line for somebody; only "\n" does in JSON Lines.
LINE_ENDS = "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg\rh\ni"


def exported() -> str:
    return "".join(write_jsonl(lines_of(chosen(QueryDict()))))


def test_the_record_comes_back_byte_for_byte_after_years_at_the_desk(tmp_path: Path) -> None:
    record = read_record(INITIAL, canonicalize=canonicalize_url)
    import_record(record, by=None, now=timezone.now() - datetime.timedelta(days=1))
    events = list(Event.objects.published().order_by("pk"))
    renamed = events[0].slug
    for slug in ("second-address", "third-address"):
        amend(events[0], by=None, slug=slug)
    _correct(events)
    _merge_and_retract(events)
    _add_at_the_desk()
    export = exported()
    statuses = [line.count(f'"status":"{status}"') for status in ("merged", "retracted")
                for line in [export]]  # fmt: skip
    assert statuses == [3, 2]
    (tmp_path / "events.jsonl").write_text(export, encoding="utf-8", newline="")
    public = Event.objects.once_public().count()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL record.may_truncate = 'on'")
        cursor.execute(
            "TRUNCATE events_event, events_source, events_actor, events_publisher CASCADE"
        )
    assert len(restore(read_lines(tmp_path / "events.jsonl"), by=None)) == public == 397
    assert Event.objects.published().count() == public - 5
    assert exported() == export
    for slug in ("second-address", renamed):
        assert Client().get(f"/events/{slug}/").headers["Location"].endswith("/third-address/")


def _correct(events: list[Event]) -> None:
    """Revised, renamed, re-dated, doubted, re-sorted: everything an editor can do to an event."""
    amend(events[0], by=None, title=f"{LINE_ENDS} “quotes” \\ / </b>")
    amend(events[1], by=None, is_minor=True, summary=LINE_ENDS, tags=["ünï", "code"])
    amend(events[2], by=None, date="2024-12-30/..", regions=["CN", "US"], importance=3)
    amend(events[3], by=None, date="../2019?", confidence="low")
    claimed = Event.objects.filter(claims__isnull=False).order_by("pk")[0]
    with step(by=None, reason="doubt"):
        Claim.objects.filter(event=claimed).update(
            status="refuted", reason="Not so.", quantity_value="12345.6789", quantity_unit="元"
        )
        claim = Claim.objects.create(event=claimed, text="Later", said_by="X", position=0)
        Citation.objects.create(claim=claim, source=events[5].citations.all()[0].source)
        positions = list(events[4].citations.order_by("position", "pk"))
        Citation.objects.filter(pk=positions[0].pk).update(position=99, stance="disputes")
        for kind, date in (("deadline", "2027"), ("effective", "2026-01"), ("other", "2025~/..")):
            EventDate.objects.create(event=events[4], kind=kind, date=date, note="Nöte")
        Relation.objects.create(from_event=events[6], to_event=events[7], kind="contradicts")
        Participation.objects.create(
            event=events[6], actor=Actor.objects.order_by("-pk")[0], role="regulator", position=0
        )
    first, second = Actor.objects.order_by("pk")[:2]
    Actor.objects.filter(pk=second.pk).update(merged_into=first)


def _merge_and_retract(events: list[Event]) -> None:
    with step(by=None):
        Relation.objects.create(from_event=events[8], to_event=events[20], kind="follows")
    merge_events(events[20], events[21], by=None, reason="the same")
    merge_events(events[21], events[22], by=None, reason="the same again")
    merge_events(events[23], events[8], by=None, reason="the same")
    merge_events(events[24], events[8], by=None, reason="a mistake")
    unmerge_event(events[24], by=None, reason="it was a mistake")
    retract_event(events[25], by=None, reason=f"A hoax. {LINE_ENDS}")
    retract_event(events[26], by=None, reason="Never happened.")


def _add_at_the_desk() -> None:
    outlet = Publisher.objects.create(name="Rundfunk", slug="rundfunk")
    heard = Source.objects.create(title="Heard", publisher=outlet, note="On air.", lang="de")
    address = "https://desk.example/1"
    linked = Source.objects.create(
        title="Read\u2028there", url=f"{address}?utm_source=x", canonical_url=address, lang="zh"
    )
    for number, source in enumerate((heard, linked)):
        draft = Draft(
            title=f"Added at the desk {number}",
            date="2025-21",
            category="statement",
            citations=((source.pk, "primary"),),
            relations=((Event.objects.published()[0].pk, "follows", "because"),),
        )
        publish_event(create_event(draft, by=None), by=None)
    create_event(Draft(title="Only a draft", date="2026", category="policy"), by=None)
