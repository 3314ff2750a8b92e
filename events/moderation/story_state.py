"""How a story stands, as plain data: what undoing a step on a story needs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from events.models import Source, Story, StoryMembership

FIELDS = (
    "title",
    "state",
    "event_id",
    "merged_into_id",
    "reject_reason",
    "is_frozen",
    "source_count",
    "publisher_count",
)
TIMES = ("first_source_at", "last_source_at")


def read_state(story: Story) -> dict[str, Any]:
    """The story's own columns and its memberships, oldest source id first."""
    return {
        **{name: getattr(story, name) for name in FIELDS},
        **{name: getattr(story, name).isoformat() for name in TIMES},
        "memberships": [
            [m.source_id, m.score, m.signals, m.is_confirmed, m.added_at.isoformat()]
            for m in story.memberships.order_by("source_id")
        ],
    }


def write_state(story: Story, state: dict[str, Any]) -> None:
    """Make the story stand as `state` says. Sources are taken back from wherever they are."""
    for name in FIELDS:
        setattr(story, name, state[name])
    for name in TIMES:
        setattr(story, name, datetime.fromisoformat(state[name]))
    story.save()
    wanted = [row[0] for row in state["memberships"]]
    StoryMembership.objects.filter(Q(story=story) | Q(source_id__in=wanted)).delete()
    StoryMembership.objects.bulk_create(
        StoryMembership(
            story=story,
            source_id=source_id,
            score=score,
            signals=signals,
            is_confirmed=is_confirmed,
            added_at=datetime.fromisoformat(added_at),
        )
        for source_id, score, signals, is_confirmed, added_at in state["memberships"]
    )


def recount(story: Story) -> None:
    """Count sources and voices anew, by the rule of grouping: a copy of another is no voice."""
    sources = list(Source.objects.filter(membership__story=story))
    ids = {source.pk for source in sources}
    originals = [source for source in sources if source.copy_of_id not in ids]
    times = [source.published_at or source.first_seen_at for source in sources]
    story.source_count = len(sources)
    story.publisher_count = len({s.publisher_id or f"source {s.pk}" for s in originals})
    story.first_source_at = min(times, default=story.first_source_at)
    story.last_source_at = max(times, default=story.last_source_at)
    story.save()
