"""Write all public files of the newest edition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from timeline.reuse.folder import export_to


class Command(BaseCommand):
    help = (
        "Write CSV, JSON Lines, SQLite, TimelineJS, JSON Schema, changes and checksums of the "
        "newest edition to FOLDER/edition-N/. An edition that is there already is kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            written = export_to(folder)
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{written}: {len(list(written.iterdir()))} files.")
