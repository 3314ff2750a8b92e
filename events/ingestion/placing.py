"""Place sources in stories: the only module that writes memberships for the machine.

One worker places at a time (advisory lock), so two that bring one happening make one story.
Whatever a person arranged - frozen stories, confirmed memberships, stories that are no longer
open - is left as it is.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import connection, transaction

from events.ingestion.group import WINDOW, Index, Item
from events.models import Source, Story, StoryMembership

# Any number, the same in every worker.
PLACING_LOCK = 7_346_001


def place_sources(source_ids: list[int]) -> None:
    """Give each source that stands in no story its place; sources with a place keep it.

    Running it twice changes nothing the second time.
    """
    with transaction.atomic():
        _lock()
        sources = list(
            Source.objects.filter(pk__in=source_ids, membership__isnull=True)
            .select_related("copy_of__membership__story")
            .order_by("first_seen_at", "pk")
        )
        if not sources:
            return
        index = Index.of(_open_items(sources))
        touched = {_place(source, index) for source in sources}
        refresh_stories(touched)


def refresh_stories(story_ids: Iterable[int]) -> None:
    """Bring counts, times and title of stories in line with their memberships."""
    for story in Story.objects.filter(pk__in=list(story_ids)).order_by("pk"):
        members = list(
            story.memberships.select_related("source__publisher").order_by("added_at", "pk")
        )
        if members:
            _refresh(story, members)


def happened_near(source: Source) -> datetime.datetime:
    """When it came out, as far as it can be believed: never after we first saw it."""
    if source.published_at is None:
        return source.first_seen_at
    return min(source.published_at, source.first_seen_at)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PLACING_LOCK])


def _item(source: Source) -> Item:
    return Item(source.pk, source.title, source.summary or source.text, happened_near(source))


def _open_items(sources: list[Source]) -> list[Item]:
    """The sources of open stories that stand within the window of any of `sources`."""
    times = [happened_near(source) for source in sources]
    found = Source.objects.filter(
        membership__story__state=Story.State.OPEN,
        membership__story__is_frozen=False,
        membership__story__last_source_at__gte=min(times) - WINDOW,
        membership__story__first_source_at__lte=max(times) + WINDOW,
    )
    return [_item(source) for source in found]


def _place(source: Source, index: Index) -> int:
    """Write the membership of one source; return its story's id."""
    item = _item(source)
    match = index.nearest(item)
    original = source.copy_of
    signals: dict[str, object] = {"first": True}
    if original is not None and (home := _home_of_copy(original)) is not None:
        score, signals = 1.0, {"copy_of": original.pk}
    elif match is not None:
        home = Story.objects.get(memberships__source=match.key)
        score, signals = round(match.score, 4), {"words": list(match.shared), "with": match.key}
    else:
        home, score = Story.objects.create(title=source.title), 1.0
    StoryMembership.objects.create(story=home, source=source, score=score, signals=signals)
    if home.state == Story.State.OPEN and not home.is_frozen:
        index.add(item)
    return home.pk


def _home_of_copy(original: Source) -> Story | None:
    membership = StoryMembership.objects.filter(source=original).select_related("story").first()
    if membership is None or membership.story.is_frozen:
        return None
    story = membership.story
    return story.merged_into if story.state == Story.State.MERGED else story


def _refresh(story: Story, members: list[StoryMembership]) -> None:
    sources = [member.source for member in members]
    times = [happened_near(source) for source in sources]
    values = {
        "source_count": len(sources),
        "publisher_count": _voices(sources),
        "first_source_at": min(times),
        "last_source_at": max(times),
    }
    if any(getattr(story, name) != value for name, value in values.items()):
        Story.objects.filter(pk=story.pk).update(**values)


def _voices(sources: list[Source]) -> int:
    """Distinct publishers of originals: a syndicated text speaks once, for whoever wrote it."""
    ids = {source.pk for source in sources}
    originals = [source for source in sources if source.copy_of_id not in ids]
    return len({source.publisher_id or f"source {source.pk}" for source in originals})
