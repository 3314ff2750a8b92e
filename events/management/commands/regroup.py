"""manage.py regroup: re-cluster the open stories now, as the worker does every few minutes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from events.ingestion.regrouping import regroup_stories


class Command(BaseCommand):
    help = "Re-cluster the open stories now."

    def handle(self, *args: Any, **options: Any) -> None:
        moved = regroup_stories(timezone.now())
        self.stdout.write(f"{moved} source{'' if moved == 1 else 's'} moved to another story")
