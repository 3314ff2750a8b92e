"""Who takes part in events, and as what."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Actor(models.Model):
    """An organisation, person or government that takes part in events."""

    class Kind(models.TextChoices):
        LAB = "lab", "Lab"
        COMPANY = "company", "Company"
        GOVERNMENT = "government", "Government"
        UNIVERSITY = "university", "University"
        PERSON = "person", "Person"

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    country = models.CharField(max_length=3, blank=True, help_text="US, CN, UK, EU, INT …")
    aliases = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    homepage = models.URLField(blank=True, max_length=500)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_actors"
    )

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(name="actor_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="actor_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/actors/{self.slug}/"


class Participation(models.Model):
    """An actor's part in an event."""

    class Role(models.TextChoices):
        PARTICIPANT = "participant", "takes part"
        LEAD = "lead", "acts"
        AFFECTED = "affected", "is affected"
        SPEAKER = "speaker", "speaks"
        REGULATOR = "regulator", "regulates"
        FUNDER = "funder", "pays"

    event = models.ForeignKey("Event", on_delete=models.CASCADE, related_name="participations")
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.PARTICIPANT)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=["event", "actor"], name="participation_once"),
        )

    def __str__(self) -> str:
        return f"{self.actor} {self.get_role_display()}"
