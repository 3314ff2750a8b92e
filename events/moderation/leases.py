"""Who works on a story just now. A lease runs out by itself; nothing of it is history."""

from __future__ import annotations

import datetime

from django.db.models import Q

from events.models import May, Story, User
from events.moderation.acts import require
from events.moderation.step import ModerationError

LEASE = datetime.timedelta(minutes=15)
ASSIGNED = datetime.timedelta(days=1)


def claim_story(story: Story, *, by: User, now: datetime.datetime) -> None:
    """Take a story for a quarter of an hour, or longer when it is one's own already."""
    require(by, May.DRAFT)
    free = Q(assigned_until__isnull=True) | Q(assigned_until__lte=now) | Q(assigned_to=by)
    taken = Story.objects.filter(free, pk=story.pk, state=Story.State.OPEN).update(
        assigned_to=by, assigned_until=now + LEASE
    )
    if not taken:
        story.refresh_from_db()
        require_free(story, by=by, now=now)
        raise ModerationError(f"“{story.title}” no longer waits.")


def assign_story(story: Story, *, to: User, by: User, now: datetime.datetime) -> None:
    """Give a story to somebody for a day, also when another one holds it just now."""
    require(by, May.DECIDE)
    if not to.may(May.DRAFT):
        raise ModerationError(f"{to} does not work at the desk.")
    given = Story.objects.filter(pk=story.pk, state=Story.State.OPEN).update(
        assigned_to=to, assigned_until=now + ASSIGNED
    )
    if not given:
        raise ModerationError(f"“{story.title}” no longer waits.")


def release_story(story: Story, *, by: User) -> None:
    Story.objects.filter(pk=story.pk, assigned_to=by).update(assigned_to=None, assigned_until=None)


def require_free(story: Story, *, by: User | None, now: datetime.datetime) -> None:
    """Refuse while somebody else holds the story."""
    if (
        by is not None
        and story.assigned_to is not None
        and story.assigned_to_id != by.pk
        and story.assigned_until is not None
        and story.assigned_until > now
    ):
        raise ModerationError(
            f"{story.assigned_to} works on this story until {story.assigned_until:%H:%M} UTC: "
            "take another one, or ask for this one."
        )
