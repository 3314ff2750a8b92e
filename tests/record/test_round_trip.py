"""The whole record, out as JSON Lines and in again."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from events.ingestion.canonical import canonicalize_url
from events.models import Event
from events.moderation.importing import import_record
from events.moderation.restoring import restore
from events.record.exported import read_lines
from events.record.reading import INITIAL, read_record
from timeline.reuse.files import write_jsonl
from timeline.reuse.lines import lines_of
from timeline.reuse.views import chosen

pytestmark = pytest.mark.django_db


def test_the_initial_record_comes_back_byte_for_byte(tmp_path: Path) -> None:
    record = read_record(INITIAL, canonicalize=canonicalize_url)
    import_record(record, by=None, now=timezone.now())
    export = "".join(write_jsonl(lines_of(chosen(QueryDict()))))
    (tmp_path / "events.jsonl").write_text(export, encoding="utf-8")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL record.may_truncate = 'on'")
        cursor.execute(
            "TRUNCATE events_event, events_source, events_actor, events_publisher CASCADE"
        )
    assert len(restore(read_lines(tmp_path / "events.jsonl"), by=None)) == 395
    assert Event.objects.published().count() == 395
    assert "".join(write_jsonl(lines_of(chosen(QueryDict())))) == export
