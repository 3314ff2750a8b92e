"""Stories follow the topic rules: all entries dropped, and the story need not wait any longer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from events.models import Decision, Entry, Source, Story, User
from events.moderation.stories import reject_story, restore_story

BECAUSE = "Topic rules drop all of its entries"
AGAIN = "Topic rules accept its entries again"


@dataclass(frozen=True)
class Followed:
    rejected: int
    restored: int


def follow_entries(source_ids: Iterable[int], *, by: User | None) -> Followed:
    """Reject open stories of these sources that only dropped entries tell of; restore those that
    were rejected for that and for nothing else. What a person arranged stays as it is.

    Running it twice changes nothing the second time.
    """
    concerned = Story.objects.filter(memberships__source__in=list(source_ids)).distinct()
    wanted = Exists(_wanted_sources().filter(membership__story=OuterRef("pk")))
    off_topic = concerned.filter(~wanted, state=Story.State.OPEN, is_frozen=False)
    back = concerned.filter(
        wanted, state=Story.State.REJECTED, reject_reason=Story.RejectReason.OFF_TOPIC
    )
    rejected = [
        reject_story(story, by=by, why=Story.RejectReason.OFF_TOPIC, reason=BECAUSE)
        for story in off_topic.exclude(memberships__is_confirmed=True)
    ]
    restored = [
        restore_story(story, by=by, reason=AGAIN) for story in back if _was_rejected_here(story)
    ]
    return Followed(len(rejected), len(restored))


def _wanted_sources() -> QuerySet[Source]:
    """Sources that an accepted entry stands for, or that no feed brought at all."""
    entries = Entry.objects.filter(source=OuterRef("pk"))
    accepted = entries.filter(state__in=(Entry.State.ACCEPTED, Entry.State.LOW))
    return Source.objects.filter(Exists(accepted) | ~Exists(entries))


def _was_rejected_here(story: Story) -> bool:
    last = story.decisions.first()
    return last is not None and last.action == Decision.Action.REJECT and last.reason == BECAUSE
