"""Celery: the nightly files."""

from __future__ import annotations

from pathlib import Path

from celery import shared_task
from django.conf import settings

from timeline.reuse.folder import export_to


@shared_task
def export_nightly() -> None:
    """Write the files of the newest edition; an edition that is there already is kept."""
    if settings.EXPORT_DIR:
        export_to(Path(settings.EXPORT_DIR))
