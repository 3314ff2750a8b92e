"""What a person makes of a story: an event, part of one, nothing, or another story."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from events.models import (
    Citation,
    Decision,
    Event,
    May,
    Source,
    Story,
    StoryMembership,
    User,
)
from events.moderation.acts import act, require
from events.moderation.leases import require_free
from events.moderation.lifecycle import Draft, cite, publish_event, right_to_edit, write_draft
from events.moderation.step import ModerationError, step
from events.moderation.story_state import recount

PRIMARY_KINDS = (Source.Kind.PRIMARY, Source.Kind.OFFICIAL, Source.Kind.PAPER)


def promote_story(
    story: Story, draft: Draft, *, by: User | None, reason: str = "", publish: bool = False
) -> Event:
    """Make an event draft of an open story, and publish it at once when asked to."""
    with step(by=by, reason=reason):
        with act(Decision.Action.PROMOTE, by=by, reason=reason, may=May.DRAFT) as current:
            story = current.story(story)
            _require_open(story, by)
            event = write_draft(draft, by=by)
            current.new_event(event)
            current.about["event"] = event
            _settle(story, Story.State.PROMOTED, event=event)
        return publish_event(event, by=by, reason=reason) if publish else event


def attach_story(story: Story, event: Event, *, by: User | None, reason: str = "") -> Event:
    """Cite the story's sources on an event that exists; copies stay folded under their original."""
    with act(Decision.Action.ATTACH, by=by, reason=reason, may=May.DRAFT) as current:
        story = current.story(story)
        _require_open(story, by)
        event = current.event(event)
        require(by, right_to_edit(event))
        if event.status not in (Event.Status.DRAFT, Event.Status.PUBLISHED):
            raise ModerationError(f"“{event.title}” is {event.get_status_display().lower()}.")
        current.detail["cited"] = cite(event, citations_of(story))
        _settle(story, Story.State.ATTACHED, event=event)
    event.refresh_from_db()
    return event


def reject_story(
    story: Story, *, by: User | None, why: Story.RejectReason | str, reason: str = ""
) -> Story:
    """Turn a story down for a reason of the list, and words if there are any. It stays findable."""
    if why not in Story.RejectReason.values:
        raise ModerationError("Choose why the story is rejected.")
    if why == Story.RejectReason.OTHER and not reason.strip():
        raise ModerationError("Say in words why the story is rejected.")
    with act(Decision.Action.REJECT, by=by, reason=reason) as current:
        story = current.story(story)
        _require_open(story, by)
        current.detail["why"] = str(why)
        story.reject_reason = why
        _settle(story, Story.State.REJECTED)
    return story


def reject_stories(
    rejected: Iterable[Story], *, by: User | None, why: Story.RejectReason | str, reason: str = ""
) -> None:
    """Turn several stories down for one reason, all or none; each gets its own Decision."""
    with step(by=by, reason=reason):
        for story in sorted(rejected, key=lambda story: story.pk):
            reject_story(story, by=by, why=why, reason=reason)


def restore_story(story: Story, *, by: User | None, reason: str = "") -> Story:
    """Let a rejected story wait again."""
    with act(Decision.Action.RESTORE, by=by, reason=reason) as current:
        story = current.story(story)
        if story.state != Story.State.REJECTED:
            raise ModerationError(f"Only a rejected story is restored; this one is {story.state}.")
        story.reject_reason = ""
        story.state = Story.State.OPEN
        story.save()
    return story


def split_story(story: Story, sources: list[Source], *, by: User | None, reason: str = "") -> Story:
    """Take some sources out into a story of their own. The machine leaves both alone afterwards."""
    with act(Decision.Action.SPLIT, by=by, reason=reason) as current:
        story = current.story(story)
        _require_open(story, by)
        moving = story.memberships.filter(source__in=sources)
        if not moving or moving.count() == story.memberships.count():
            raise ModerationError("Choose some of the story's sources, but not all of them.")
        first = moving.select_related("source").order_by("source__first_seen_at")[0]
        other = Story.objects.create(
            title=first.source.title, is_frozen=True, relevance=story.relevance
        )
        current.new_story(other)
        moving.update(story=other, is_confirmed=True)
        _arranged(story, other)
    return other


def move_source(source: Source, to: Story, *, by: User | None, reason: str = "") -> Story:
    """Put a source into another open story; a story left empty is merged into that one."""
    with act(Decision.Action.MOVE, by=by, reason=reason) as current:
        membership = StoryMembership.objects.select_related("story").filter(source=source).first()
        if membership is None:
            raise ModerationError("This source is in no story.")
        old, to = current.story(membership.story), current.story(to)
        _require_open(old, by)
        _require_open(to, by)
        if old.pk == to.pk:
            raise ModerationError("The source is in this story already.")
        current.source(source)
        StoryMembership.objects.filter(source=source).update(story=to, is_confirmed=True)
        if not old.memberships.exists():
            old.merged_into = to
            _settle(old, Story.State.MERGED)
        _arranged(old, to)
    return to


def merge_stories(story: Story, into: Story, *, by: User | None, reason: str = "") -> Story:
    """Put all sources of one open story into another; the first one's address leads there."""
    if story.pk == into.pk:
        raise ModerationError("A story cannot be merged into itself.")
    with act(Decision.Action.MERGE, by=by, reason=reason) as current:
        story, into = current.story(story), current.story(into)
        _require_open(story, by)
        _require_open(into, by)
        story.memberships.update(story=into, is_confirmed=True)
        story.merged_into = into
        _settle(story, Story.State.MERGED)
        _arranged(story, into)
    return into


def citations_of(story: Story) -> tuple[tuple[int, str], ...]:
    """The story's sources with what each is for an event; copies within the story are left out."""
    sources = list(Source.objects.filter(membership__story=story).order_by("first_seen_at", "pk"))
    ids = {source.pk for source in sources}
    return tuple((source.pk, role_of(source)) for source in sources if source.copy_of_id not in ids)


def role_of(source: Source) -> Citation.Role:
    """What a source is for an event, until a person says otherwise."""
    return Citation.Role.PRIMARY if source.kind in PRIMARY_KINDS else Citation.Role.REPORT


def _require_open(story: Story, by: User | None) -> None:
    if story.state != Story.State.OPEN:
        raise ModerationError(f"“{story.title}” is {story.get_state_display()} already.")
    require_free(story, by=by, now=timezone.now())


def _settle(story: Story, state: Story.State, *, event: Event | None = None) -> None:
    story.state = state
    story.event = event
    story.assigned_until = timezone.now()  # nobody needs to hold it any longer
    story.save()


def _arranged(*stories: Story) -> None:
    for story in stories:
        story.is_frozen = True
        recount(story)
