"""Celery: the nightly files."""

from __future__ import annotations

from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from timeline.reuse.folder import export_to
from timeline.reuse.thinning import thin


@shared_task
def export_nightly() -> None:
    """Write the files of the newest edition, one that is there already is kept; thin old ones."""
    if settings.EXPORT_DIR:
        folder = Path(settings.EXPORT_DIR)
        export_to(folder)
        thin(folder, keep_days=settings.EXPORT_KEEP_DAYS, now=timezone.now())
