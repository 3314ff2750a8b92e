"""What of the feeds is for the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

if TYPE_CHECKING:
    from events.models import Actor


class TopicRule(models.Model):
    """What becomes of entries that say certain words. Of all rules that fit, the first counts:
    a feed's own before the global ones, then by position.

    A rule without words, phrases and actors fits every entry; put last, it says what becomes of
    the rest. Entries that no rule fits are accepted.
    """

    class Verdict(models.TextChoices):
        ACCEPT = "accept", "accept"
        LOW = "low", "accept, queue low"
        DROP = "drop", "drop"

    feed = models.ForeignKey(
        "Feed",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="topic_rules",
        help_text="Empty: for all feeds.",
    )
    words = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        help_text="Whole words; regulat* fits any ending; in capitals (AI) only capitals fit.",
    )
    phrases = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    actors: models.ManyToManyField[Actor, Any] = models.ManyToManyField(
        "Actor", blank=True, related_name="topic_rules", help_text="By name or any alias."
    )
    excluded = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="Words and phrases with which the rule does not fit.",
    )
    verdict = models.CharField(max_length=6, choices=Verdict.choices)
    reason = models.CharField(max_length=300, help_text="Shown with each entry it decides.")
    position = models.PositiveSmallIntegerField(default=10)
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = (F("feed").asc(nulls_last=True), "position", "id")
        constraints = (
            models.CheckConstraint(name="topicrule_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="topicrule_verdict_known", condition=Q(verdict__in=("accept", "low", "drop"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.reason}"
