"""All files of one edition in a folder of their own, with checksums and a manifest."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.http import QueryDict

from events.models import Edition, Revision
from timeline.reuse.files import FORMS, json_schema
from timeline.reuse.lines import lines_of
from timeline.reuse.sqlite import write_sqlite
from timeline.reuse.views import chosen


def export_to(folder: Path) -> Path:
    """Write `folder/edition-N/` whole or not at all; return it. One that is there is kept."""
    with transaction.atomic():
        with connection.cursor() as cursor:  # every file tells of the same moment
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        edition = Edition.objects.get_or_create(pk=1)[0]
        target = folder / f"edition-{edition.number}"
        if target.exists():
            return target
        half = folder / f".edition-{edition.number}.{os.getpid()}"
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        _write_files(half, edition)
    _write_checksums(half)
    half.rename(target)
    return target


def _write_files(folder: Path, edition: Edition) -> None:
    events = chosen(QueryDict())
    for form in FORMS.values():
        with (folder / f"events.{form.name}").open("w", encoding="utf-8", newline="") as file:
            file.writelines(form.write(lines_of(events)))
    about = (edition.number, edition.changed_at.isoformat(), settings.DATA_LICENSE)
    write_sqlite(folder / "events.sqlite", lines_of(events), about)
    _write_json(folder / "schema.json", json_schema())
    _write_json(
        folder / "manifest.json",
        {
            "edition": edition.number,
            "changed_at": edition.changed_at.isoformat(),
            "license": settings.DATA_LICENSE,
            "site": settings.SITE_URL,
            "events": events.count(),
        },
    )
    with (folder / "changes.jsonl").open("w", encoding="utf-8") as file:
        revisions = Revision.objects.filter(
            edition__isnull=False, event__first_published_at__isnull=False
        )
        rows = revisions.order_by("pk").values_list("edition", "at", "event__public_id", "reason")
        for number, at, event, reason in rows.iterator():
            change = {"edition": number, "at": at.isoformat(), "event": event, "reason": reason}
            file.write(json.dumps(change, ensure_ascii=False) + "\n")


def _write_json(path: Path, content: object) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _write_checksums(folder: Path) -> None:
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.iterdir())
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))
