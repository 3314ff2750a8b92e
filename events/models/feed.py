"""What we poll, what each poll gave, and what was received."""

from __future__ import annotations

import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class FeedQuerySet(models.QuerySet["Feed"]):
    def due(self, now: datetime.datetime) -> FeedQuerySet:
        """Enabled feeds whose time has come and that no worker holds."""
        return self.filter(is_enabled=True, next_poll_at__lte=now).filter(
            Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
        )


class Feed(models.Model):
    """A URL that we poll. Never given up: a failure only moves `next_poll_at` further away."""

    url = models.URLField(max_length=2000, unique=True)
    title = models.CharField(max_length=300, blank=True)
    publisher = models.ForeignKey(
        "Publisher", on_delete=models.PROTECT, null=True, blank=True, related_name="feeds"
    )
    homepage = models.URLField(max_length=2000, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    lang = models.CharField(max_length=12, blank=True)
    topics = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    note = models.TextField(blank=True)
    url_seen = models.BooleanField(default=True)
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    next_poll_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    interval = models.DurationField(default=datetime.timedelta(hours=1), editable=False)
    last_polled_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_success_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_new_entry_at = models.DateTimeField(null=True, blank=True, editable=False)
    newest_entry_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="The newest date that an entry bears."
    )
    usual_gap = models.DurationField(
        null=True, blank=True, editable=False, help_text="Between two of its newest entries."
    )
    last_status = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    failure_count = models.PositiveIntegerField(default=0, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    body_hash = models.CharField(max_length=64, blank=True, editable=False)
    ttl = models.DurationField(
        null=True, blank=True, editable=False, help_text="What the feed itself asks for."
    )
    former_urls = ArrayField(
        models.CharField(max_length=2000), default=list, blank=True, editable=False
    )
    moved_to = models.URLField(max_length=2000, blank=True, editable=False)
    moved_since = models.DateTimeField(null=True, blank=True, editable=False)

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = (F("publisher__name").asc(nulls_last=True), "url")
        indexes = (
            models.Index(fields=["next_poll_at"], name="feed_due", condition=Q(is_enabled=True)),
        )

    def __str__(self) -> str:
        return self.title or self.url


class FeedRun(models.Model):
    """One poll: what came of it."""

    class Outcome(models.TextChoices):
        OK = "ok", "read"
        NOT_MODIFIED = "not-modified", "unchanged"
        FAILED = "failed", "failed"

    # feedrun_history begins with it.
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, db_index=False, related_name="runs")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    status = models.PositiveSmallIntegerField(null=True)
    new = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    byte_count = models.PositiveIntegerField(default=0)
    note = models.TextField(blank=True, help_text="What had to be recovered, or was left out.")
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("-started_at", "-id")
        indexes = (models.Index(fields=["feed", "-started_at"], name="feedrun_history"),)

    def __str__(self) -> str:
        return f"{self.feed} {self.started_at:%Y-%m-%d %H:%M} {self.outcome}"


class Entry(models.Model):
    """One record received from a feed, identified by (feed, GUID)."""

    class State(models.TextChoices):
        ACCEPTED = "accepted", "accepted"
        LOW = "low", "accepted, queued low"
        DROPPED = "dropped", "dropped by a rule"
        REJECTED = "rejected", "rejected"

    # No index of its own: that of each rule and lookup below begins with the feed.
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, db_index=False, related_name="entries")
    guid = models.CharField(max_length=2000, blank=True, help_text="As received.")
    guid_key = models.CharField(
        max_length=2000, help_text="What it is recognised by in its feed: GUID without scheme."
    )
    url = models.URLField(max_length=2000, blank=True)
    canonical_url = models.URLField(max_length=2000, blank=True)
    title = models.CharField(max_length=1000, blank=True)
    old_titles = models.JSONField(default=list, help_text="[{title, until}], oldest first.")
    summary = models.TextField(blank=True)
    author = models.CharField(max_length=300, blank=True)
    lang = models.CharField(max_length=12, blank=True)
    published_raw = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)
    date_flag = models.CharField(max_length=40, blank=True, help_text="Why a date is not used.")
    content_hash = models.CharField(max_length=64, blank=True)
    source = models.ForeignKey(
        "Source", on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    matched_by = models.CharField(
        max_length=30, blank=True, help_text="The rule that recognised its source."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACCEPTED)
    reason = models.CharField(max_length=300, blank=True)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-first_seen_at", "-id")
        verbose_name_plural = "entries"
        indexes = (
            models.Index(fields=["feed", "canonical_url"], name="entry_feed_url"),
            models.Index(fields=["feed", "content_hash"], name="entry_feed_hash"),
            models.Index(fields=["-first_seen_at"], name="entry_first_seen"),
        )
        constraints = (
            models.UniqueConstraint(fields=["feed", "guid_key"], name="entry_once_per_feed"),
            models.CheckConstraint(
                name="entry_rejection_has_reason",
                condition=Q(state__in=("accepted", "low")) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="entry_accepted_has_source",
                condition=~Q(state__in=("accepted", "low")) | Q(source__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.title or self.guid
