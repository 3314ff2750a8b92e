"""The machine's guess that several Sources tell of one happening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from events.models import Source


class Story(models.Model):
    """A group of sources that waits for a person, or what a person made of it."""

    class State(models.TextChoices):
        OPEN = "open", "waiting"
        PROMOTED = "promoted", "promoted"
        ATTACHED = "attached", "attached"
        REJECTED = "rejected", "rejected"
        MERGED = "merged", "merged"

    class RejectReason(models.TextChoices):
        OFF_TOPIC = "off-topic", "Not about the AI race"
        NOT_AN_EVENT = "not-an-event", "Nothing happened: commentary, how-to, round-up"
        TOO_MINOR = "too-minor", "Too minor for the record"
        DUPLICATE = "duplicate", "Already in the record"
        UNRELIABLE = "unreliable", "Not reliable enough"
        OTHER = "other", "Other"

    title = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    event = models.ForeignKey(
        "Event", on_delete=models.PROTECT, null=True, blank=True, related_name="stories"
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_stories"
    )
    reject_reason = models.CharField(max_length=20, choices=RejectReason.choices, blank=True)
    looks_like = models.ForeignKey(
        "Event", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    looks_like_why = models.JSONField(default=dict)
    is_frozen = models.BooleanField(
        default=False, help_text="A person arranged it: the machine leaves it alone."
    )
    relevance = models.FloatField(null=True)
    source_count = models.PositiveIntegerField(default=0)
    publisher_count = models.PositiveIntegerField(
        default=0, help_text="Distinct publishers; copies count as one voice."
    )
    first_source_at = models.DateTimeField(default=timezone.now)
    last_source_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,  # story_held has those that are
        related_name="assigned_stories",
    )
    assigned_until = models.DateTimeField(null=True, blank=True)
    sources: models.ManyToManyField[Source, StoryMembership] = models.ManyToManyField(
        "Source", through="StoryMembership", related_name="stories"
    )

    class Meta:
        ordering = ("-publisher_count", "-last_source_at")
        verbose_name_plural = "stories"
        indexes = (
            models.Index(
                fields=["-publisher_count", "-last_source_at"],
                name="story_queue",
                condition=Q(state="open"),
            ),
            models.Index(fields=["state", "-last_source_at"], name="story_state"),
            models.Index(
                fields=["-relevance", "-last_source_at"],
                name="story_relevance",
                condition=Q(state="open", relevance__isnull=False),
            ),
            models.Index(
                fields=["assigned_to"],
                name="story_held",
                condition=Q(assigned_to__isnull=False),
            ),
            GinIndex(SearchVector("title", config="simple"), name="story_words"),
        )
        constraints = (
            models.CheckConstraint(
                name="story_done_has_event",
                condition=~Q(state__in=("promoted", "attached")) | Q(event__isnull=False),
            ),
            models.CheckConstraint(
                name="story_rejected_has_reason",
                condition=~Q(state="rejected") | ~Q(reject_reason=""),
            ),
            models.CheckConstraint(
                name="story_merged_has_target",
                condition=~Q(state="merged") | Q(merged_into__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.title


class StoryMembership(models.Model):
    """Why a source stands in a story. A source is in one story at a time."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="memberships")
    source = models.OneToOneField("Source", on_delete=models.CASCADE, related_name="membership")
    score = models.FloatField(default=1.0)
    signals = models.JSONField(default=dict)
    is_confirmed = models.BooleanField(default=False, help_text="A person put or kept it here.")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("added_at", "id")

    def __str__(self) -> str:
        return f"{self.source} in {self.story}"
