"""How sure the machine must be that a story is about the AI race before it is shown."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone


class RelevanceRule(models.Model):
    """One row, moved in the admin: where the queue is cut, and how much of the rest is sampled."""

    threshold = models.FloatField(
        default=0.5,
        validators=(MinValueValidator(0), MaxValueValidator(1)),
        help_text="Stories whose probability of being about the AI race is lower are not queued.",
    )
    sample_every = models.PositiveIntegerField(
        default=50,
        validators=(MinValueValidator(1),),
        help_text="One in so many of the stories below is queued all the same, to check the rule.",
    )
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(name="relevance_rule_is_one_row", condition=Q(id=1)),
            models.CheckConstraint(
                name="relevance_threshold_is_a_probability",
                condition=Q(threshold__gte=0, threshold__lte=1),
            ),
            models.CheckConstraint(
                name="relevance_sample_exists", condition=Q(sample_every__gte=1)
            ),
        )

    def __str__(self) -> str:
        return f"relevance from {self.threshold:.2f}"

    @classmethod
    def current(cls) -> RelevanceRule:
        """The row, or the defaults while nobody has moved it."""
        return cls.objects.first() or cls(pk=1)
