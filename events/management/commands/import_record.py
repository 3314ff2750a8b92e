"""Import record files: by default the initial record that comes with the program."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from events.ingestion.canonical import canonicalize_url
from events.moderation.importing import Outcome, import_record
from events.moderation.restoring import restore
from events.record.exported import read_lines
from events.record.reading import INITIAL, Record, RecordError, read_record

PATIENCE = 2.0  # seconds after which a person wants to see that something happens


class Command(BaseCommand):
    help = (
        "Import the record from a folder with actors.yaml, publishers.yaml, feeds.yaml and "
        "events/*.yaml. Everything is checked first; all is written or nothing. A second import "
        "changes nothing, and an event that a moderator has changed since is never touched. A "
        "file instead of a folder is read as a JSON Lines export: events that are not here yet "
        "come in with the ids and times they had."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path",
            nargs="?",
            type=Path,
            default=INITIAL,
            metavar="PATH",
            help="folder or export to read (default: the record that comes with the program)",
        )
        parser.add_argument(
            "--check", action="store_true", help="check the files and import nothing"
        )

    def handle(self, *args: Any, path: Path, check: bool, verbosity: int, **options: Any) -> None:
        self.started = time.monotonic()
        self.is_verbose = verbosity > 1
        self.report(f"Reading {path} …")
        try:
            if path.is_file():
                self.stdout.write(self.import_export(path, check))
                return
            record = read_record(path, canonicalize=canonicalize_url)
            if check:
                self.stdout.write(f"{_size(record)}: no fault found.")
                return
            outcome = import_record(record, by=None, now=timezone.now(), report=self.report)
        except RecordError as error:
            for fault in error.faults:
                self.stderr.write(str(fault))
            count = len(error.faults)
            raise CommandError(
                f"{count} {'fault' if count == 1 else 'faults'} found; nothing was imported."
            ) from error
        for slug in outcome.kept:
            self.stdout.write(f"{slug}: kept, changed by a moderator")
        self.stdout.write(_summary(outcome, record))

    def import_export(self, path: Path, check: bool) -> str:
        lines = read_lines(path)
        if check:
            return f"{len(lines)} events: no fault found."
        self.report(f"Writing {len(lines)} events …")
        new = restore(lines, by=None)
        return f"Imported {len(new)} events; {len(lines) - len(new)} were here already."

    def report(self, line: str) -> None:
        if self.is_verbose or time.monotonic() - self.started > PATIENCE:
            self.stdout.write(line)
            self.stdout.flush()


def _size(record: Record) -> str:
    return (
        f"{len(record.events)} events, {len(record.actors)} actors, "
        f"{len(record.publishers)} publishers, {len(record.feeds)} feeds"
    )


def _summary(outcome: Outcome, record: Record) -> str:
    if not outcome.changed_anything:
        return f"Nothing to import: {_size(record)} are known."
    return (
        f"Imported {len(outcome.new)} events ({outcome.drafts} as drafts), "
        f"{outcome.actors} actors, {outcome.publishers} publishers, {outcome.feeds} feeds, "
        f"{outcome.sources} sources; {len(outcome.updated)} events updated, "
        f"{len(outcome.known)} unchanged, {len(outcome.kept)} kept as moderators left them."
    )
