"""Event, its further dates, its old addresses, and how events relate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from events.models.dates import DatedModel, bounds_constraint
from events.models.ids import new_public_id

if TYPE_CHECKING:
    from events.models import Actor, Citation, Participation, Source

validate_tag = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", "Use lower-case words joined by -.")
validate_region = RegexValidator(r"^[A-Z]{2,3}$", "Use a code such as US, CN, EU or INT.")


# The reason of an event that exists only because nothing is deleted.
CREATION_UNDONE = "Its creation was undone."


class EventQuerySet(models.QuerySet["Event"]):
    def published(self) -> EventQuerySet:
        return self.filter(status=Event.Status.PUBLISHED)

    def once_public(self) -> EventQuerySet:
        """Published now or at some time: addresses of these are answered, never with 404."""
        return self.filter(first_published_at__isnull=False)


class Event(DatedModel):
    """An approved, dated row of the public timeline, or a draft of one.

    Four times, never mixed: `date` (when it happened, EDTF), `first_published_at` (here),
    `last_changed_at` (last significant public change, kept by the database), `recorded_at`.
    """

    class Category(models.TextChoices):
        MODEL_RELEASE = "model-release", "Model release"
        RESEARCH = "research", "Research"
        CHIPS = "chips", "Chips"
        INFRASTRUCTURE = "infrastructure", "Infrastructure"
        EXPORT_CONTROL = "export-control", "Export control"
        POLICY = "policy", "Policy"
        LAWSUIT = "lawsuit", "Lawsuit"
        FUNDING = "funding", "Funding"
        MARKET = "market", "Market"
        TALENT = "talent", "Talent"
        INCIDENT = "incident", "Incident"
        STATEMENT = "statement", "Statement"

    class Importance(models.IntegerChoices):
        MINOR = 1, "minor"
        NOTABLE = 2, "notable"
        MAJOR = 3, "major"

    class Confidence(models.TextChoices):
        """What editors choose from; files and other installations may say something else."""

        VERIFIED = "verified", "verified: confirmed against a text"
        RECALLED = "recalled", "recalled: from memory, not confirmed"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        RETRACTED = "retracted", "Retracted"
        MERGED = "merged", "Merged"

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True, help_text="Light Markdown; one sentence is enough.")
    category = models.CharField(max_length=20, choices=Category.choices)
    importance = models.PositiveSmallIntegerField(
        choices=Importance.choices, default=Importance.MINOR
    )
    regions = ArrayField(
        models.CharField(max_length=3, validators=[validate_region]), default=list, blank=True
    )
    tags = ArrayField(
        models.CharField(max_length=50, validators=[validate_tag]), default=list, blank=True
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    status_reason = models.TextField(
        blank=True, help_text="Public: why it was retracted or merged."
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_events"
    )
    actors: models.ManyToManyField[Actor, Participation] = models.ManyToManyField(
        "Actor", through="Participation", related_name="events"
    )
    sources: models.ManyToManyField[Source, Citation] = models.ManyToManyField(
        "Source", through="Citation", related_name="events"
    )
    relations = models.ManyToManyField("self", through="Relation", symmetrical=False)
    confidence = models.CharField(max_length=20, blank=True)
    record_id = models.CharField(
        max_length=120,
        unique=True,
        null=True,
        blank=True,
        editable=False,
        help_text="Id in the record files it was imported from.",
    )
    first_published_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    # Number of the newest Revision, kept by the database: what concurrent edits are checked by.
    revision_number = models.PositiveIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = (F("earliest").desc(nulls_last=True), "-importance", "-id")
        indexes = (
            models.Index(fields=["status", "-earliest", "-id"], name="event_timeline"),
            # As the timeline reads; never null (event_bounds), so keyset paging works.
            models.Index(
                F("status"),
                Coalesce("earliest", "latest").desc(),
                F("importance").desc(),
                F("id").desc(),
                name="event_reading_order",
            ),
            models.Index(fields=["status", "-first_published_at"], name="event_published_at"),
            models.Index(fields=["status", "-last_changed_at"], name="event_changed_at"),
            GinIndex(fields=["regions"], name="event_regions"),
            GinIndex(fields=["tags"], name="event_tags"),
        )
        constraints = (
            bounds_constraint("event_bounds"),
            models.CheckConstraint(
                name="event_published_has_time",
                condition=~Q(status="published") | Q(first_published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="event_merged_has_target",
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="event_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            ),
            models.CheckConstraint(
                name="event_retracted_has_reason",
                condition=~Q(status="retracted") | ~Q(status_reason=""),
            ),
            models.CheckConstraint(name="event_has_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="event_importance_known", condition=Q(importance__in=(1, 2, 3))
            ),
            models.CheckConstraint(
                name="event_status_known",
                condition=Q(status__in=("draft", "published", "retracted", "merged")),
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/events/{self.public_id}/{self.slug}/"


class EventSlug(models.Model):
    """Every slug an event ever had, so that old addresses keep leading to it."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="slugs")
    slug = models.SlugField(max_length=120, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.slug


class EventDate(DatedModel):
    """A further date of an event, with what it means."""

    class Kind(models.TextChoices):
        ANNOUNCED = "announced", "Announced"
        PUBLISHED = "published", "Published"
        SIGNED = "signed", "Signed"
        EFFECTIVE = "effective", "Effective"
        DEADLINE = "deadline", "Deadline"
        EXPIRES = "expires", "Expires"
        RELEASED = "released", "Released"
        OTHER = "other", "Other"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="dates")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("earliest", "id")
        constraints = (
            bounds_constraint("eventdate_bounds"),
            models.UniqueConstraint(fields=["event", "kind", "date"], name="eventdate_once"),
            models.CheckConstraint(
                name="eventdate_other_says_what",
                condition=~Q(kind="other") | ~Q(note=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.date}"


class Relation(models.Model):
    """One event responds to, follows, supersedes, is part of, matches or contradicts another."""

    class Kind(models.TextChoices):
        RESPONDS_TO = "responds-to", "responds to"
        FOLLOWS = "follows", "follows"
        SUPERSEDES = "supersedes", "supersedes"
        PART_OF = "part-of", "is part of"
        MATCHES = "matches", "matches"
        CONTRADICTS = "contradicts", "contradicts"

    from_event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="relations_out")
    to_event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="relations_in")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["from_event", "to_event", "kind"], name="relation_once"
            ),
            models.CheckConstraint(
                name="relation_between_two_events", condition=~Q(from_event=F("to_event"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.from_event} {self.get_kind_display()} {self.to_event}"
