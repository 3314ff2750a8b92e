"""What grouping looks sources up by, kept in the database so that no worker must hold them all."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from pgvector.django import HalfVectorField


class Fingerprint(models.Model):
    """Keys and vector of one source.

    `keys` holds what a copy shares with its original (address, text, MinHash bands), for ever,
    and rare terms bound to a span of days, so that looking among the recent ones costs the same
    however many are stored.
    """

    source = models.OneToOneField(
        "Source", on_delete=models.CASCADE, primary_key=True, related_name="fingerprint"
    )
    keys = ArrayField(models.BigIntegerField())
    vector = HalfVectorField(dimensions=256)
    at = models.DateTimeField(help_text="When it came out, as far as it can be believed.")

    class Meta:
        indexes = (
            # Without the pending list, whose flush would hit one unlucky source.
            GinIndex(fields=["keys"], name="fingerprint_keys", fastupdate=False),
            models.Index(fields=["-at"], name="fingerprint_at"),
        )

    def __str__(self) -> str:
        return f"Fingerprint of source {self.source_id}"


class TermFrequency(models.Model):
    """One row: in how many texts of the window each hashed term stands, as last counted."""

    terms = models.BinaryField()  # int32, ascending
    counts = models.BinaryField()  # uint16, one per term
    document_count = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.CheckConstraint(name="term_frequency_is_one_row", condition=Q(id=1)),)

    def __str__(self) -> str:
        return f"Terms of {self.document_count} texts"
