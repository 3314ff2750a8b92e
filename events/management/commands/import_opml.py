"""Add the feeds of a subscription list (OPML)."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events.ingestion.opml import OpmlError, read_opml
from events.ingestion.subscribing import count_outcomes, import_lines


class Command(BaseCommand):
    help = "Add the feeds of a subscription list; known ones stay as they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_: Any) -> None:
        try:
            lines = read_opml(file.read_bytes())
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except OpmlError as error:
            raise CommandError(f"{file}: {error}") from error
        results = import_lines(lines, timezone.now())
        for result in results:
            line = result.line
            self.stdout.write(f"line {line.line}: {line.url or line.title}: {result.words}")
        counts = count_outcomes(results)
        self.stdout.write(
            f"{counts['added']} added, {counts['known']} known, {counts['fault']} left out."
        )
