"""What a reader sends in."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone


def new_token() -> str:
    return secrets.token_urlsafe(18)


class Suggestion(models.Model):
    """A reader's new event, source or correction. Never deleted; answered with a reason."""

    class Kind(models.TextChoices):
        EVENT = "event", "New event"
        SOURCE = "source", "Source"
        CORRECTION = "correction", "Correction"

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        ACCEPTED = "accepted", "accepted"
        REJECTED = "rejected", "rejected"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    event = models.ForeignKey(
        "Event", on_delete=models.PROTECT, null=True, blank=True, related_name="suggestions"
    )
    text = models.TextField()
    url = models.URLField(max_length=2000, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    answer = models.TextField(blank=True, help_text="Public to whoever has the status link.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(name="suggestion_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="suggestion_answer_has_reason",
                condition=Q(state="waiting") | ~Q(answer=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:80]}"
