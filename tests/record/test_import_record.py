"""What `manage.py import_record` promises: all or nothing, once, never over a moderator."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.utils import timezone

from events.models import Decision, Edition, Event, Revision, Source
from events.moderation.importing import import_record
from events.moderation.step import step
from events.record.reading import read_record
from tests.record.conftest import Rewrite

pytestmark = pytest.mark.django_db
EVENTS = "events/2025.yaml"


def run(*arguments: object, **options: object) -> str:
    out = io.StringIO()
    call_command("import_record", *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def traces() -> tuple[int, int, int]:
    return (
        Edition.objects.get().number,
        Revision.objects.count(),
        Decision.objects.count(),
    )


def test_a_second_import_changes_nothing(small_record: Path) -> None:
    assert "Imported 2 events (1 as drafts)" in run(small_record)
    before = traces(), list(Event.objects.values())
    assert run(small_record) == (
        "Nothing to import: 2 events, 1 actors, 1 publishers, 1 feeds are known.\n"
    )
    assert (traces(), list(Event.objects.values())) == before


def test_another_way_to_write_addresses_doubles_no_source(small_record: Path) -> None:
    run(small_record)
    record = read_record(small_record, canonicalize=lambda url: f"{url}?canonical")
    outcome = import_record(record, by=None, now=timezone.now())
    assert (outcome.sources, Source.objects.count()) == (0, 1)


def test_check_says_what_is_there_and_imports_nothing(small_record: Path) -> None:
    out = run(small_record, "--check")
    assert out == "2 events, 1 actors, 1 publishers, 1 feeds: no fault found.\n"
    assert not Event.objects.exists()


def test_a_changed_file_rewrites_its_event_and_no_other(
    small_record: Path, rewrite: Rewrite
) -> None:
    run(small_record)
    rewrite(small_record, EVENTS, 0, {"title": "First event, corrected", "tags": ["new"]})
    assert "0 events (0 as drafts)" in run(small_record)
    first, second = Event.objects.order_by("slug")
    assert (first.title, first.revision_number) == ("First event, corrected", 2)
    assert first.claims.get().citations.count() == 1
    assert second.revision_number == 1
    assert second.relations_out.get().to_event == first
    assert run(small_record).startswith("Nothing to import")


def test_a_draft_that_the_files_now_vouch_for_is_published(
    small_record: Path, rewrite: Rewrite
) -> None:
    run(small_record)
    sources = yaml.safe_load((small_record / EVENTS).read_text())[0]["sources"]
    rewrite(small_record, EVENTS, 1, {"status": "published", "sources": sources})
    run(small_record)
    assert Event.objects.get(slug="second").first_published_at is not None
    assert Source.objects.count() == 1


def test_what_a_moderator_changed_is_kept(small_record: Path, rewrite: Rewrite) -> None:
    run(small_record)
    with step(by=None, reason="a moderator's"):
        event = Event.objects.get(slug="first")
        event.title = "First event, as a moderator wrote it"
        event.save()
    rewrite(small_record, EVENTS, 0, {"title": "First event, as the file now says"})
    assert "first: kept, changed by a moderator\n" in run(small_record)
    assert Event.objects.get(slug="first").title == "First event, as a moderator wrote it"


def test_an_address_that_another_event_has_is_refused(small_record: Path) -> None:
    with step(by=None):
        Event.objects.create(
            slug="second", title="A moderator's own", date="2025", category="research"
        )
    assert faults(small_record) == [
        "events/2025.yaml: second: id: is the address of “A moderator's own” already"
    ]
    assert Event.objects.count() == 1


def faults(folder: Path) -> list[str]:
    errors = io.StringIO()
    with pytest.raises(CommandError, match="nothing was imported"):
        call_command("import_record", str(folder), stdout=io.StringIO(), stderr=errors)
    return errors.getvalue().splitlines()


SOURCE: dict[str, Any] = {
    "url": "https://news.test/2",
    "title": "Two",
    "publisher": "Example News",
    "kind": "press",
}
CLAIM = {"text": "So.", "said_by": "X"}
BROKEN = [
    pytest.param(
        {"date": "2025-13-01"},
        "date: “2025-13-01” is not a date. Write a date such as 2025-01-20, 2024-12, 2022~ or "
        "2025-01-10/2025-01-15.",
        id="a date that is none",
    ),
    pytest.param({"title": ""}, "title: string should have at least 1 character", id="no title"),
    pytest.param({"date": None}, "date: field required", id="a field left out"),
    pytest.param(
        {"colour": "red"}, "colour: extra inputs are not permitted", id="a field nobody knows"
    ),
    pytest.param(
        {"importance": 4}, "importance: input should be less than or equal to 3", id="out of range"
    ),
    pytest.param(
        {"status": "maybe"}, "status: input should be 'published' or 'draft'", id="unknown status"
    ),
    pytest.param(
        {"tags": ["Two words"]},
        "tags[1]: string should match pattern '^[a-z0-9]+(-[a-z0-9]+)*$'",
        id="a tag that is no tag",
    ),
    pytest.param(
        {"actors": ["DeepMind"]}, "actors[1]: “DeepMind” is not in actors.yaml", id="unknown actor"
    ),
    pytest.param({"actors": ["DeepSeek"] * 2}, "actors: “DeepSeek” is listed twice", id="twice"),
    pytest.param(
        {"sources": []}, "a published event needs at least one source", id="published, no source"
    ),
    pytest.param(
        {"sources": [{**SOURCE, "publisher": "Nobody"}], "claims": None},
        "sources[1].publisher: “Nobody” is not in publishers.yaml",
        id="unknown publisher",
    ),
    pytest.param(
        {"sources": [{**SOURCE, "url": None}]},
        "sources[1]: a source without url needs a note that says why",
        id="no address and no reason",
    ),
    pytest.param(
        {"sources": [{**SOURCE, "url": "ftp://news.test"}]},
        "sources[1].url: “ftp://news.test” is not a web address",
        id="an address that cannot be opened",
    ),
    pytest.param(
        {"sources": [SOURCE, {**SOURCE, "url": "HTTPS://news.test:443/2#top"}]},
        "sources: “https://news.test/2” is listed twice",
        id="one document under two spellings",
    ),
    pytest.param(
        {"claims": [{**CLAIM, "status": "refuted"}]},
        "claims[1]: a refuted claim needs a note that says why",
        id="refuted without reason",
    ),
    pytest.param(
        {"claims": [{**CLAIM, "status": "supported", "disputed_by": ["https://news.test/9"]}]},
        "claims[1]: disputed_by names https://news.test/9, which source_urls does not",
        id="a stray voice against it",
    ),
    pytest.param(
        {"claims": [{**CLAIM, "status": "supported", "quantity": {"value": "many", "unit": "m"}}]},
        "claims[1].quantity.value: input should be a valid decimal",
        id="a quantity that is no number",
    ),
    pytest.param(
        {"related": [{"id": "third", "kind": "follows"}]},
        "related[1].id: there is no event “third”",
        id="related to nothing",
    ),
    pytest.param(
        {"related": [{"id": "first", "kind": "follows"}]},
        "related[1].id: is the event itself",
        id="related to itself",
    ),
    pytest.param(
        {"related": [{"id": "second", "kind": "likes"}]},
        "related[1].kind: input should be 'responds-to', 'follows', 'supersedes', 'part-of', "
        "'matches' or 'contradicts'",
        id="unknown kind of relation",
    ),
]


@pytest.mark.parametrize(("fields", "fault"), BROKEN)
def test_a_fault_names_file_event_and_field(
    small_record: Path, rewrite: Rewrite, fields: dict[str, object], fault: str
) -> None:
    rewrite(small_record, EVENTS, 0, fields)
    assert f"events/2025.yaml: first: {fault}" in faults(small_record)
    assert not Event.objects.exists()
    assert not Source.objects.exists()


def test_all_faults_are_named_at_once(small_record: Path, rewrite: Rewrite) -> None:
    rewrite(small_record, EVENTS, 0, {"date": "soon"})
    rewrite(small_record, EVENTS, 1, {"id": "second", "status": None, "regions": ["Mars"]})
    rewrite(small_record, "actors.yaml", 0, {"kind": "robot"})
    assert {fault.rpartition(": ")[0] for fault in faults(small_record)} >= {
        "events/2025.yaml: second: status",
        "events/2025.yaml: second: regions[1]",
        "actors.yaml: DeepSeek: kind",
    }


@pytest.mark.parametrize(
    ("file", "content", "fault"),
    [
        pytest.param("events/2025.yaml", "- id: [", "events/2025.yaml: is not YAML", id="no YAML"),
        pytest.param("actors.yaml", "a: b", "actors.yaml: must be a list of rows", id="no list"),
        pytest.param(
            "events/2026.yaml", "- just words", "events/2026.yaml: row 1: input", id="no mapping"
        ),
    ],
)
def test_a_file_that_is_no_record_is_named(
    small_record: Path, file: str, content: str, fault: str
) -> None:
    (small_record / file).write_text(content)
    assert any(line.startswith(fault) for line in faults(small_record))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert faults(missing) == [f"{missing}: there is no such folder"]


def test_an_id_given_in_two_files_is_named(small_record: Path) -> None:
    (small_record / "events/2026.yaml").write_text((small_record / EVENTS).read_text())
    assert "events/2025.yaml: first: id: is given twice" in faults(small_record)
