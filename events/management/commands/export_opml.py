"""Write all feeds as a subscription list (OPML)."""

from __future__ import annotations

from email.utils import format_datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.template.loader import render_to_string
from django.utils import timezone

from events.ingestion.subscribing import exported_groups


class Command(BaseCommand):
    help = "Write all feeds as a subscription list to standard output."

    def handle(self, **_: Any) -> None:
        context = {
            "title": "All feeds",
            "created": format_datetime(timezone.now(), usegmt=True),
            "groups": exported_groups(),
        }
        self.stdout.write(render_to_string("opml.xml", context))
