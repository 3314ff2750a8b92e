"""Editions that are kept as files: written whole, found again, thinned only on demand."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from tests.timeline.conftest import MakeEvent
from timeline.reuse.thinning import thin

NOW = datetime.datetime(2026, 11, 26, tzinfo=datetime.UTC)


@pytest.mark.django_db(transaction=True)
def test_an_edition_is_written_once_and_whole_and_can_be_fetched(
    make_event: MakeEvent, tmp_path: Path, settings: Settings, client: Client
) -> None:
    make_event("one")
    call_command("export_record", str(tmp_path), stdout=io.StringIO())
    (folder,) = tmp_path.iterdir()
    assert folder.name.startswith("edition-")
    sums = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert set(sums) == {
        "changes.jsonl", "events.csv", "events.jsonl", "events.sqlite", "events.timeline.json",
        "manifest.json", "schema.json",
    }  # fmt: skip
    for name, digest in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert json.loads((folder / "manifest.json").read_text())["events"] == 1
    settings.EXPORT_DIR = str(tmp_path)
    (edition,) = json.loads(client.get("/data/editions.json").content)["editions"]
    assert edition["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert {file["name"]: file["sha256"] for file in edition["files"]} == sums
    for file in edition["files"]:
        path = file["url"].removeprefix("http://localhost:8000")
        response = client.get(path)
        assert hashlib.sha256(b"".join(response)).hexdigest() == file["sha256"]
        assert "immutable" in response.headers["Cache-Control"]
        again = client.get(path, headers={"If-None-Match": response.headers["ETag"]})
        assert (again.status_code, client.head(path).status_code) == (304, 200)
        assert client.options(path).headers["Allow"] == "GET, HEAD, OPTIONS"
    for path in ("999/events.csv", "1/../manifest.json", f"{edition['edition']}/secret"):
        assert client.get(f"/data/editions/{path}").status_code == 404
    before = (folder / "manifest.json").stat().st_mtime_ns
    call_command("export_record", str(tmp_path), stdout=io.StringIO())
    assert (folder / "manifest.json").stat().st_mtime_ns == before


def kept_edition(folder: Path, number: int, day: str) -> Path:
    edition = folder / f"edition-{number}"
    edition.mkdir()
    manifest = {"edition": number, "changed_at": f"{day}T12:00:00+00:00"}
    (edition / "manifest.json").write_text(json.dumps(manifest))
    (edition / "events.csv").write_text(f"edition {number}")
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in edition.iterdir()}
    (edition / "SHA256SUMS").write_text("".join(f"{d}  {n}\n" for n, d in sums.items()))
    return edition


DAYS = ["2026-08-01", "2026-08-30", "2026-08-31", "2026-10-26", "2026-10-27", "2026-11-01"]


def test_the_last_edition_of_a_month_and_what_is_young_keep_their_files(tmp_path: Path) -> None:
    editions = [kept_edition(tmp_path, number, day) for number, day in enumerate(DAYS, 9)]
    (tmp_path / "edition-4-of-somebody").mkdir()
    assert thin(tmp_path, keep_days=0, now=NOW) == []
    assert thin(tmp_path, keep_days=30, now=NOW) == [editions[0], editions[1], editions[3]]
    left = [day for day, e in zip(DAYS, editions, strict=True) if (e / "events.csv").exists()]
    assert left == ["2026-08-31", "2026-10-27", "2026-11-01"]
    assert all((edition / "SHA256SUMS").exists() for edition in editions)
    assert thin(tmp_path, keep_days=30, now=NOW) == []


def test_a_thinned_edition_says_that_it_is_gone_and_still_proves_what_it_was(
    tmp_path: Path, settings: Settings, client: Client
) -> None:
    settings.EXPORT_DIR = str(tmp_path)
    kept_edition(tmp_path, 1, "2026-08-01")
    kept_edition(tmp_path, 2, "2026-08-02")
    digest = hashlib.sha256(b"edition 1").hexdigest()
    thin(tmp_path, keep_days=1, now=NOW)
    gone = client.get("/data/editions/1/events.csv")
    assert gone.status_code == 410
    assert "immutable" not in gone.headers["Cache-Control"]
    assert "The last edition of each month is kept for ever" in gone.text
    sums = b"".join(client.get("/data/editions/1/SHA256SUMS")).decode()
    assert f"{digest}  events.csv" in sums
    second, first = json.loads(client.get("/data/editions.json").content)["editions"]
    assert {file["name"] for file in first["files"]} == {"manifest.json"}
    assert {file["name"] for file in second["files"]} == {"manifest.json", "events.csv"}
    assert client.get("/data/editions/2/events.csv").status_code == 200
