"""What we got wrong, said publicly."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Correction(models.Model):
    """A dated public note on an event. Append-only: a wrong note is corrected by another."""

    event = models.ForeignKey("Event", on_delete=models.PROTECT, related_name="corrections")
    text = models.TextField(help_text="What was wrong, and what is right.")
    is_significant = models.BooleanField(
        default=False, help_text="Changes what the event says: subscribers are told."
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ("-at", "-id")
        constraints = (models.CheckConstraint(name="correction_has_text", condition=~Q(text="")),)

    def __str__(self) -> str:
        return self.text
