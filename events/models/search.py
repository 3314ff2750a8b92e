"""What full-text search looks in. Written by triggers (migration 0003), never by Django."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class EventSearch(models.Model):
    """The words of an event, its actors, claims and sources."""

    event = models.OneToOneField(
        "Event", on_delete=models.CASCADE, primary_key=True, related_name="search"
    )
    document = SearchVectorField()

    class Meta:
        indexes = (GinIndex(fields=["document"], name="event_search"),)

    def __str__(self) -> str:
        return f"Words of {self.event}"
