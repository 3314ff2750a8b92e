"""Files of the record: what they hold, and that an export comes back as it was."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path

import jsonschema
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import Actor, Citation, Event, EventDate, Relation, Source
from events.moderation.lifecycle import amend, publish_event
from events.moderation.step import step
from events.record.exported import read_lines
from events.record.reading import RecordError
from tests.timeline.conftest import MakeEvent

pytestmark = pytest.mark.django_db


def body(client: Client, name: str) -> bytes:
    response = client.get(f"/data/events.{name}")
    assert response.status_code == 200
    return b"".join(response) if response.streaming else response.content


@pytest.fixture
def small_world(make_event: MakeEvent) -> list[Event]:
    """One event of every kind that an export has to carry."""
    first = make_event(
        "first", date="2025-01~", actors=("OpenAI", "DeepSeek"), claims=("refuted", "supported"),
        publishers=("OpenAI", "NPR"), tags=["h20"], regions=["US"], summary="It *was* so.",
    )  # fmt: skip
    second = make_event("second", date="2019", title="=1+1")
    merged = make_event("third")
    gone = make_event("fourth")
    make_event("waiting", status="draft")
    with step(by=None):
        EventDate.objects.create(event=first, kind="effective", date="2026-01-01", note="in force")
        Relation.objects.create(from_event=second, to_event=first, kind="follows")
        first.claims.update(quantity_value="0.0008", quantity_unit="CNY")
        first.claims.filter(position=0).update(said_by_actor=Actor.objects.get(name="OpenAI"))
        Event.objects.filter(pk=merged.pk).update(
            status="merged", status_reason="The same.", merged_into=first
        )
        Event.objects.filter(pk=gone.pk).update(status="retracted", status_reason="A hoax.")
        note = Source.objects.create(
            title="Heard", publisher=Citation.objects.all()[0].source.publisher, note="On air."
        )
        Citation.objects.create(
            event=first, source=note, quote="“So.”", locator="12:30", position=9
        )
    return [first, second, merged, gone]


def test_round_trip_is_byte_identical(
    client: Client, small_world: list[Event], tmp_path: Path
) -> None:
    export = body(client, "jsonl")
    assert len(export.splitlines()) == 4
    assert b"Waiting" not in export
    (tmp_path / "events.jsonl").write_bytes(export)
    _empty_the_record()
    out = io.StringIO()
    call_command("import_record", str(tmp_path / "events.jsonl"), stdout=out)
    assert out.getvalue() == "Imported 4 events; 0 were here already.\n"
    assert body(client, "jsonl") == export
    call_command("import_record", str(tmp_path / "events.jsonl"), stdout=out)
    assert out.getvalue().endswith("Imported 0 events; 4 were here already.\n")


def _empty_the_record() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL record.may_truncate = 'on'")
        cursor.execute(
            "TRUNCATE events_event, events_source, events_actor, events_publisher CASCADE"
        )


def test_every_line_keeps_to_the_schema(client: Client, small_world: list[Event]) -> None:
    schema = json.loads(client.get("/data/schema.json").content)
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    lines = body(client, "jsonl").splitlines()
    assert [error for line in lines for error in validator.iter_errors(json.loads(line))] == []
    assert list(validator.iter_errors({"id": "x"})) != []


def test_tombstones_say_why_and_nothing_else(client: Client, small_world: list[Event]) -> None:
    lines = {line["slug"]: line for line in map(json.loads, body(client, "jsonl").splitlines())}
    assert lines["third"]["merged_into"] == small_world[0].public_id
    assert lines["fourth"]["status_reason"] == "A hoax."
    assert lines["fourth"]["sources"] == lines["fourth"]["claims"] == []


@pytest.mark.django_db(transaction=True)
def test_addresses_that_readers_never_knew_do_not_travel(
    client: Client, make_event: MakeEvent, tmp_path: Path
) -> None:
    event = make_event("libel", status="draft")
    for slug in ("sober", "shown"):
        amend(event, by=None, slug=slug)
    publish_event(event, by=None)
    for slug in ("better", "best"):
        amend(event, by=None, slug=slug)
    (line,) = map(json.loads, body(client, "jsonl").splitlines())
    assert line["former_slugs"] == ["shown", "better"]


def test_an_export_from_before_former_addresses_travelled_is_read(
    client: Client, small_world: list[Event], tmp_path: Path
) -> None:
    amend(small_world[0], by=None, slug="moved")
    lines = [json.loads(line) for line in body(client, "jsonl").splitlines()]
    old = [{k: v for k, v in line.items() if k != "former_slugs"} for line in lines]
    (tmp_path / "old.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in old))
    _empty_the_record()
    call_command("import_record", str(tmp_path / "old.jsonl"), stdout=io.StringIO())
    assert [json.loads(line) for line in body(client, "jsonl").splitlines()] == [
        {**line, "former_slugs": []} for line in lines
    ]


def test_an_address_that_leads_elsewhere_is_named_and_nothing_imported(
    client: Client, make_event: MakeEvent, tmp_path: Path
) -> None:
    event = make_event("new-name")
    line = {**json.loads(body(client, "jsonl")), "former_slugs": ["old-name"]}
    (tmp_path / "events.jsonl").write_text(f"{json.dumps(line)}\n")
    _empty_the_record()
    amend(make_event("other"), by=None, title="Something else", slug="old-name")
    errors = io.StringIO()
    with pytest.raises(CommandError, match="nothing was imported"):
        call_command("import_record", str(tmp_path / "events.jsonl"), stderr=errors)
    fault = f"{event.public_id}: slug: “old-name” leads to “Something else” here\n"
    assert errors.getvalue() == fault
    lines = (tmp_path / "events.jsonl").read_text() * 2
    (tmp_path / "events.jsonl").write_text(lines)
    with pytest.raises(RecordError, match="slug: “new-name” is given twice"):
        read_lines(tmp_path / "events.jsonl")
    assert Event.objects.count() == 1


def test_csv_is_flat_and_no_cell_is_a_formula(client: Client, small_world: list[Event]) -> None:
    rows = list(csv.DictReader(io.StringIO(body(client, "csv").decode())))
    assert {row["title"] for row in rows} == {"First", "'=1+1"}
    first = next(row for row in rows if row["title"] == "First")
    assert (first["date"], first["earliest"], first["latest"]) == (
        "2025-01~",
        "2025-01-01",
        "2025-01-31",
    )
    assert (first["actors"], first["claims"], first["refuted_claims"]) == (
        "OpenAI; DeepSeek",
        "2",
        "1",
    )


def test_sqlite_can_be_asked(client: Client, small_world: list[Event], tmp_path: Path) -> None:
    path = tmp_path / "events.sqlite"
    path.write_bytes(body(client, "sqlite"))
    with sqlite3.connect(path) as database:
        asked = database.execute(
            "SELECT e.title, c.status, s.url FROM claims c JOIN events e ON e.id = c.event "
            "JOIN citations t ON t.claim = c.id JOIN sources s ON s.id = t.source ORDER BY c.text"
        ).fetchall()
    assert asked[0] == ("First", "refuted", "https://example.org/first-0")
    assert len(asked) == 2


def test_timelinejs_gets_dates_it_can_place(client: Client, small_world: list[Event]) -> None:
    slides = {s["text"]["headline"]: s for s in json.loads(body(client, "timeline.json"))["events"]}
    assert slides["First"]["start_date"] == {"year": 2025, "month": 1}
    assert slides["First"]["display_date"] == "around January 2025"
    assert slides["=1+1"]["start_date"] == {"year": 2019}
    assert "<em>was</em>" in slides["First"]["text"]["text"]


def test_a_file_holds_what_the_filter_of_the_page_holds(
    client: Client, small_world: list[Event]
) -> None:
    response = client.get("/data/events.csv?tag=h20")
    rows = list(csv.DictReader(io.StringIO(b"".join(response).decode())))
    assert [row["title"] for row in rows] == ["First"]
    assert "creativecommons.org" in response.headers["Link"]


def test_an_unchanged_file_costs_one_query(client: Client, small_world: list[Event]) -> None:
    for name in ("jsonl", "sqlite"):
        etag = client.get(f"/data/events.{name}").headers["ETag"]
        with CaptureQueriesContext(connection) as queries:
            response = client.get(f"/data/events.{name}", headers={"If-None-Match": etag})
        assert (response.status_code, len(queries)) == (304, 1)


def test_a_broken_export_is_named_and_not_imported(tmp_path: Path, client: Client) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"id": "x"}\n')
    errors = io.StringIO()
    with pytest.raises(CommandError, match="nothing was imported"):
        call_command("import_record", str(path), stdout=io.StringIO(), stderr=errors)
    assert "events.jsonl: line 1: slug: field required" in errors.getvalue()


@pytest.mark.parametrize(
    ("query", "named"),
    [
        pytest.param("colour=red", ["colour"], id="unknown parameter"),
        pytest.param("category=cars&tag=h20", ["category"], id="unknown value"),
        pytest.param("region=US,XX&from=soon", ["from", "region"], id="two of them"),
        pytest.param("from=2026&to=2025", ["from"], id="nothing between"),
    ],
)
def test_a_file_for_a_filter_that_cannot_be_used_is_refused(
    client: Client, small_world: list[Event], query: str, named: list[str]
) -> None:
    for name in ("csv", "sqlite"):
        response = client.get(f"/data/events.{name}?{query}")
        assert (response.status_code, response.headers["Content-Type"]) == (
            400,
            "application/problem+json",
        )
        errors = json.loads(response.content)["errors"]
        assert sorted(error["parameter"] for error in errors) == named
