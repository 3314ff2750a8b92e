"""What was decided, how events stood, and the number that all HTTP caching hangs on.

Decisions and revisions are append-only: triggers of migration 0002 refuse UPDATE and DELETE,
also from raw SQL. Revisions are written by triggers, so no change of an event escapes them.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Decision(models.Model):
    """Who approved, rejected, merged, split, corrected or retracted what, when and why."""

    class Action(models.TextChoices):
        IMPORT = "import", "imported"
        DRAFT = "draft", "drafted"
        PROMOTE = "promote", "promoted"
        ATTACH = "attach", "attached"
        REJECT = "reject", "rejected"
        RESTORE = "restore", "restored"
        EDIT = "edit", "edited"
        PUBLISH = "publish", "published"
        UNPUBLISH = "unpublish", "unpublished"
        RETRACT = "retract", "retracted"
        CORRECT = "correct", "corrected"
        MERGE = "merge", "merged"
        UNMERGE = "unmerge", "un-merged"
        SPLIT = "split", "split"
        MOVE = "move", "moved"
        ACCEPT = "accept", "accepted"
        DISCARD = "discard", "discarded"
        UNDO = "undo", "undone"
        ADD_SOURCE = "add-source", "added a source"

    at = models.DateTimeField(default=timezone.now, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="decisions"
    )
    by_name = models.CharField(max_length=150, help_text="The name as it was, or the program.")
    action = models.CharField(max_length=10, choices=Action.choices)
    reason = models.TextField(blank=True)
    is_public = models.BooleanField(default=False)
    event = models.ForeignKey(
        "Event", on_delete=models.PROTECT, null=True, related_name="decisions"
    )
    story = models.ForeignKey(
        "Story", on_delete=models.PROTECT, null=True, related_name="decisions"
    )
    source = models.ForeignKey(
        "Source", on_delete=models.PROTECT, null=True, related_name="decisions"
    )
    suggestion = models.ForeignKey(
        "Suggestion", on_delete=models.PROTECT, null=True, related_name="decisions"
    )
    detail = models.JSONField(default=dict, help_text="What undoing needs to know.")

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(
                fields=["-at", "-id"], name="decision_public", condition=Q(is_public=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.by_name} {self.get_action_display()} {self.at:%Y-%m-%d %H:%M}"


class Revision(models.Model):
    """A whole event as it stood: citations, claims, dates, relations and actors included.

    Written by the database at the end of each transaction that changed the event.
    """

    event = models.ForeignKey("Event", on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_name = models.CharField(max_length=150)
    reason = models.TextField(blank=True)
    snapshot = models.JSONField()
    edition = models.BigIntegerField(null=True, help_text="Null: nothing public changed.")

    class Meta:
        ordering = ("event", "-number")
        constraints = (models.UniqueConstraint(fields=["event", "number"], name="revision_once"),)

    def __str__(self) -> str:
        return f"Revision {self.number}"


class Edition(models.Model):
    """One row: the number that grows with every transaction that changes the public record."""

    number = models.BigIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)
    xact = models.CharField(max_length=20, default="", editable=False)

    class Meta:
        constraints = (models.CheckConstraint(name="edition_is_one_row", condition=Q(id=1)),)

    def __str__(self) -> str:
        return str(self.number)
