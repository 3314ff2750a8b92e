"""What grouping looks sources up by, kept in the database so that no worker must hold them all.

For ever: the vector, and the keys that a copy shares with its original. For as long as a source
may still join or leave an open story: its rare terms, and what was read of its text.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from pgvector.django import HalfVectorField


class Fingerprint(models.Model):
    """That a source was read, when it came out, and its vector."""

    source = models.OneToOneField(
        "Source", on_delete=models.CASCADE, primary_key=True, related_name="fingerprint"
    )
    vector = HalfVectorField(dimensions=256)
    at = models.DateTimeField(help_text="When it came out, as far as it can be believed.")
    relevance = models.FloatField(
        null=True, help_text="Probability that the source is about the AI race."
    )

    def __str__(self) -> str:
        return f"Fingerprint of source {self.source_id}"


class CopyKey(models.Model):
    """A key that a copy shares with its original: address, text, a MinHash band.

    Rows, not an array: of a key that thousands share (boilerplate) the oldest few are read.
    """

    pk = models.CompositePrimaryKey("key", "source_id")
    key = models.BigIntegerField()
    source = models.ForeignKey(
        "Source", models.DO_NOTHING, db_index=False, db_constraint=False, related_name="+"
    )

    def __str__(self) -> str:
        return f"Copy key {self.key} of source {self.source_id}"


class TermKey(models.Model):
    """A rare term of a source, bound to a span of days; forgotten with its reading."""

    pk = models.CompositePrimaryKey("key", "source_id")
    key = models.BigIntegerField()
    source = models.ForeignKey(
        "Source", models.DO_NOTHING, db_index=False, db_constraint=False, related_name="+"
    )

    def __str__(self) -> str:
        return f"Term key {self.key} of source {self.source_id}"


class StoredReading(models.Model):
    """What was read of a source's text, until no open story can want it any more."""

    source = models.OneToOneField(
        "Source", on_delete=models.CASCADE, primary_key=True, related_name="stored_reading"
    )
    # Of title, time and code: another text or another way of reading makes it worthless.
    stamp = models.BigIntegerField()
    reading = models.BinaryField()
    text = models.BinaryField()
    term_keys = ArrayField(models.BigIntegerField())
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=["stored_at"], name="stored_reading_at"),)

    def __str__(self) -> str:
        return f"Reading of source {self.source_id}"


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
