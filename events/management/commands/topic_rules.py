"""What the topic rules say of stored entries: shown with --dry-run, stored without it."""

from __future__ import annotations

import datetime
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events.ingestion import topic_rules
from events.moderation.topics import follow_entries


class Command(BaseCommand):
    help = "Run the topic rules over what was received in the last days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=7, help="how far back (7)")
        parser.add_argument("--dry-run", action="store_true", help="show, change nothing")

    def handle(self, *, days: int, dry_run: bool, **_: Any) -> None:
        if not 0 < days <= 36_500:
            raise CommandError("--days takes a number of days, 1 or more.")
        since = timezone.now() - datetime.timedelta(days=days)
        self._show(topic_rules.rehearse(since), days)
        if dry_run:
            self.stdout.write("Nothing was changed (--dry-run).")
            return
        concerned = topic_rules.apply(since, progress=self._progress)
        followed = follow_entries(concerned, by=None)
        self.stdout.write(
            f"Done: {len(concerned)} sources concerned, {followed.rejected} stories rejected as "
            f"off topic, {followed.restored} restored."
        )

    def _show(self, rehearsal: topic_rules.Rehearsal, days: int) -> None:
        counts = ", ".join(f"{n} {verdict}" for verdict, n in rehearsal.by_verdict.most_common())
        self.stdout.write(f"{rehearsal.judged} entries of {days} days: {counts or 'none'}")
        for rule, number in rehearsal.by_rule.most_common():
            self.stdout.write(f"  {number:6}  {f'rule {rule.pk}: {rule}' if rule else 'no rule'}")
        for (before, after), number in rehearsal.changes.most_common():
            self.stdout.write(f"{before} → {after}: {number}")
            for title, reason in rehearsal.samples[before, after]:
                self.stdout.write(f"    {title[:90]}  [{reason}]")

    def _progress(self, done: int) -> None:
        self.stdout.write(f"  {done} entries …")
