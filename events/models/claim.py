"""Checkable assertions within an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from events.models.ids import new_public_id

if TYPE_CHECKING:
    from events.models import Citation, Source


class Claim(models.Model):
    """One checkable assertion: who said it, who reported it, how it stands and why."""

    class Status(models.TextChoices):
        SUPPORTED = "supported", "Supported"
        UNVERIFIED = "unverified", "Unverified"
        DISPUTED = "disputed", "Disputed"
        REFUTED = "refuted", "Refuted"

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    event = models.ForeignKey("Event", on_delete=models.CASCADE, related_name="claims")
    text = models.TextField()
    said_by = models.CharField(max_length=300, help_text="Who asserts it, in words.")
    said_by_actor = models.ForeignKey(
        "Actor", on_delete=models.PROTECT, null=True, blank=True, related_name="claims_made"
    )
    reported_by = models.CharField(max_length=300, blank=True)
    reported_by_publisher = models.ForeignKey(
        "Publisher", on_delete=models.PROTECT, null=True, blank=True, related_name="claims_reported"
    )
    quantity_value = models.DecimalField(max_digits=30, decimal_places=6, null=True, blank=True)
    quantity_unit = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.UNVERIFIED)
    reason = models.TextField(blank=True, help_text="Public: why it has this status.")
    position = models.PositiveSmallIntegerField(default=0)
    sources: models.ManyToManyField[Source, Citation] = models.ManyToManyField(
        "Source", through="Citation", related_name="claims"
    )

    class Meta:
        ordering = ("position", "id")
        indexes = (models.Index(fields=["status"], name="claim_status"),)
        constraints = (
            models.CheckConstraint(name="claim_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="claim_doubt_has_reason",
                condition=~Q(status__in=("disputed", "refuted")) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="claim_quantity_has_unit",
                condition=Q(quantity_value__isnull=True, quantity_unit="")
                | (Q(quantity_value__isnull=False) & ~Q(quantity_unit="")),
            ),
        )

    def __str__(self) -> str:
        return self.text
