"""Who publishes, what was published, and what it is cited for."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Publisher(models.Model):
    """Who puts out a Source or a Feed."""

    class Kind(models.TextChoices):
        PRESS = "press", "Press"
        LAB = "lab", "Lab"
        COMPANY = "company", "Company"
        OFFICIAL = "official", "Official"
        ACADEMIC = "academic", "Academic"
        SOCIAL = "social", "Social network"
        PERSON = "person", "Person"

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PRESS)
    country = models.CharField(max_length=3, blank=True)
    homepage = models.URLField(blank=True, max_length=500)
    hosts = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="Host names, without www., whose pages are this publisher's.",
    )
    is_rated = models.BooleanField(default=True, help_text="Off: nobody has vetted this outlet.")

    class Meta:
        ordering = ("name",)
        indexes = (GinIndex(fields=["hosts"], name="publisher_hosts"),)
        constraints = (models.CheckConstraint(name="publisher_has_name", condition=~Q(name="")),)

    def __str__(self) -> str:
        return self.name


class Source(models.Model):
    """A document at a canonical URL. One row, however many feeds carry it.

    Without an address (print, broadcast) it needs a title, a publisher and a note instead.
    """

    class Kind(models.TextChoices):
        PRIMARY = "primary", "Primary"
        OFFICIAL = "official", "Official document"
        PRESS = "press", "Press"
        PAPER = "paper", "Paper"
        SOCIAL = "social", "Social network"

    class LinkState(models.TextChoices):
        UNCHECKED = "unchecked", "not checked"
        ALIVE = "alive", "reachable"
        PAYWALL = "paywall", "behind a paywall"
        BLOCKED = "blocked", "refuses robots"
        MOVED = "moved", "moved"
        DEAD = "dead", "gone"

    class ArchiveState(models.TextChoices):
        NONE = "none", "no copy"
        WAITING = "waiting", "asked for"
        KEPT = "kept", "archived"
        FAILED = "failed", "not possible"

    # Null: named by its number. Most are, so the rule is a partial one.
    public_id = models.CharField(max_length=16, null=True, editable=False)
    canonical_url = models.URLField(max_length=2000, null=True, blank=True)
    url = models.URLField(max_length=2000, blank=True, help_text="The address as it was given.")
    title = models.CharField(max_length=1000)
    title_is_description = models.BooleanField(
        default=False, help_text="The title is our words; the document's own is not known."
    )
    publisher = models.ForeignKey(
        Publisher, on_delete=models.PROTECT, null=True, blank=True, related_name="sources"
    )
    author = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PRESS)
    lang = models.CharField(max_length=12, blank=True)
    published = models.CharField(
        max_length=40, blank=True, help_text="EDTF date of the document itself."
    )
    published_at = models.DateTimeField(null=True, blank=True)
    summary = models.TextField(blank=True)
    text = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)
    url_seen = models.BooleanField(default=True, help_text="The address was opened and read.")
    copy_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="copies",
    )
    first_seen_at = models.DateTimeField(default=timezone.now)
    link_state = models.CharField(
        max_length=10, choices=LinkState.choices, default=LinkState.UNCHECKED
    )
    link_checked_at = models.DateTimeField(null=True, blank=True)
    link_status = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    link_failures = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    # Null: not checked yet. Only cited sources are.
    link_check_at = models.DateTimeField(null=True, blank=True, editable=False)
    archive_url = models.URLField(max_length=2000, blank=True)
    archive_state = models.CharField(
        max_length=10, choices=ArchiveState.choices, default=ArchiveState.NONE
    )
    archive_tries = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    archive_next_at = models.DateTimeField(null=True, blank=True, editable=False)
    archive_error = models.CharField(
        max_length=300, blank=True, default="", db_default="", editable=False
    )

    class Meta:
        ordering = ("-first_seen_at", "-id")
        indexes = (
            models.Index(fields=["-first_seen_at"], name="source_first_seen"),
            models.Index(fields=["-published_at"], name="source_published_at"),
            models.Index(
                fields=["link_check_at"],
                name="source_link_due",
                condition=Q(link_check_at__isnull=False),
            ),
            models.Index(
                fields=["archive_next_at"],
                name="source_archive_due",
                condition=Q(archive_next_at__isnull=False),
            ),
            models.Index(
                fields=["copy_of"], name="source_copies", condition=Q(copy_of__isnull=False)
            ),
            models.Index(
                fields=["content_hash"], name="source_content_hash", condition=~Q(content_hash="")
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["canonical_url"], name="source_once_per_address"),
            models.UniqueConstraint(
                fields=["public_id"],
                condition=Q(public_id__isnull=False),
                name="source_public_id_once",
            ),
            models.CheckConstraint(name="source_has_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="source_has_address_or_note",
                condition=Q(canonical_url__isnull=False)
                | (Q(publisher__isnull=False) & ~Q(note="")),
            ),
            models.CheckConstraint(
                name="source_not_copy_of_itself",
                condition=Q(copy_of__isnull=True) | ~Q(copy_of=F("id")),
            ),
            models.UniqueConstraint(
                fields=["publisher", "title", "published"],
                condition=Q(canonical_url__isnull=True),
                name="source_without_address_once",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Citation(models.Model):
    """The link from an Event or a Claim to a Source, with what the Source is for it."""

    class Role(models.TextChoices):
        PRIMARY = "primary", "Primary"
        REPORT = "report", "Report"
        ANALYSIS = "analysis", "Analysis"
        REACTION = "reaction", "Reaction"

    class Stance(models.TextChoices):
        SUPPORTS = "supports", "supports"
        DISPUTES = "disputes", "disputes"

    event = models.ForeignKey(
        "Event", on_delete=models.CASCADE, null=True, blank=True, related_name="citations"
    )
    claim = models.ForeignKey(
        "Claim", on_delete=models.CASCADE, null=True, blank=True, related_name="citations"
    )
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="citations")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.REPORT)
    stance = models.CharField(max_length=10, choices=Stance.choices, default=Stance.SUPPORTS)
    quote = models.TextField(blank=True)
    locator = models.CharField(max_length=200, blank=True, help_text="Page, section, minute.")
    cited_date = models.CharField(
        max_length=40, blank=True, help_text="EDTF date of the passage, in documents that grow."
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(
                name="citation_of_event_or_claim",
                condition=Q(event__isnull=False, claim__isnull=True)
                | Q(event__isnull=True, claim__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["event", "source"],
                condition=Q(event__isnull=False),
                name="citation_once_per_event",
            ),
            models.UniqueConstraint(
                fields=["claim", "source"],
                condition=Q(claim__isnull=False),
                name="citation_once_per_claim",
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} ({self.get_role_display()})"
