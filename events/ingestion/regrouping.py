"""Re-cluster the open stories of the window, so that early guesses are put right.

The clustering reads a snapshot and holds nobody up; only writing the differences takes the
placing lock. What changed meanwhile, or was arranged by a person, stays as it is.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from events.ingestion.group import cluster
from events.ingestion.group_pairs import term_frequency
from events.ingestion.placing import explain, lock_placing, machine_stories, refresh_stories
from events.ingestion.shelf import Known, Shelf, save_frequency
from events.models import Source, Story, StoryMembership

# A story without a new source for so long is over.
OPEN_FOR = datetime.timedelta(days=10)
MAX_SOURCES = 20_000


@dataclass(frozen=True)
class Group:
    """What the clustering holds to be one story: sources, and each one's mean probability."""

    sources: list[int]
    score: dict[int, float]


def regroup_stories(now: datetime.datetime) -> int:
    """Re-cluster; return how many sources changed their story."""
    stood = _snapshot(now)
    if not stood:
        return 0
    shelf = Shelf()
    known = list(shelf.read(stood).values())
    readings = [source.reading for source in known]
    save_frequency(term_frequency(readings), len(readings), now)
    shelf = Shelf()  # with the terms as just counted
    found = cluster(readings, shelf.model)
    groups = _scored(known, found.groups, found.pairs.tolist(), found.probability.tolist())
    with transaction.atomic():
        lock_placing()
        return _write(groups, stood, {source.pk: source for source in known}, shelf, now)


def _snapshot(now: datetime.datetime) -> dict[int, int]:
    """Source → story, for originals in stories that the machine may change, newest first."""
    stories = machine_stories(now).filter(last_source_at__gte=now - OPEN_FOR)
    rows = StoryMembership.objects.filter(story__in=stories, source__copy_of__isnull=True)
    newest = rows.order_by("-source__first_seen_at", "-source_id")[:MAX_SOURCES]
    return dict(newest.values_list("source_id", "story_id"))


def _scored(
    known: Sequence[Known],
    groups: list[list[int]],
    pairs: list[list[int]],
    probability: list[float],
) -> list[Group]:
    group_of = {row: number for number, group in enumerate(groups) for row in group}
    total: defaultdict[int, float] = defaultdict(float)
    for (one, other), p in zip(pairs, probability, strict=True):
        if group_of[one] == group_of[other]:
            total[one] += p
            total[other] += p
    return [
        Group(
            [known[row].pk for row in group],
            {known[row].pk: total[row] / max(1, len(group) - 1) for row in group},
        )
        for group in groups
    ]


def _write(
    groups: list[Group],
    stood: dict[int, int],
    known: dict[int, Known],
    shelf: Shelf,
    now: datetime.datetime,
) -> int:
    """Move sources so that each group stands in one story; return how many moved."""
    movable = _movable(stood, now)
    moved: dict[int, StoryMembership] = {}
    for group, story_id in _targets(groups, stood, movable):
        leaving = [pk for pk in group.sources if pk in movable and stood[pk] != story_id]
        if not leaving:
            continue
        if story_id is None:
            first = min(leaving, key=lambda pk: (known[pk].at, pk))
            story_id = Story.objects.create(title=known[first].title).pk
        for pk in leaving:
            moved[pk] = _moved(movable[pk], story_id, group, known, shelf)
    StoryMembership.objects.bulk_update(moved.values(), ["story", "score", "signals"])
    left = {stood[pk]: membership.story_id for pk, membership in moved.items()}
    _copies_follow(moved, now)
    refresh_stories({*left, *(membership.story_id for membership in moved.values())})
    _close_empty(left)
    return len(moved)


def _movable(stood: dict[int, int], now: datetime.datetime) -> dict[int, StoryMembership]:
    """Memberships that are still as the snapshot saw them and that no person confirmed."""
    stories = set(
        machine_stories(now)
        .select_for_update()
        .filter(pk__in=set(stood.values()))
        .values_list("pk", flat=True)
    )
    rows = StoryMembership.objects.filter(source__in=stood, is_confirmed=False)
    return {
        row.source_id: row
        for row in rows
        if row.story_id in stories and row.story_id == stood[row.source_id]
    }


def _targets(
    groups: list[Group], stood: dict[int, int], movable: dict[int, StoryMembership]
) -> list[tuple[Group, int | None]]:
    """Each group with the story that most of it stands in already; a story serves one group."""
    claims = []
    for number, group in enumerate(groups):
        for story_id, count in Counter(stood[pk] for pk in group.sources).items():
            fixed = sum(pk not in movable and stood[pk] == story_id for pk in group.sources)
            claims.append((-fixed, -count, story_id, number))
    target: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, story_id, number in sorted(claims):
        if number not in target and story_id not in taken:
            target[number] = story_id
            taken.add(story_id)
    return [(group, target.get(number)) for number, group in enumerate(groups)]


def _moved(
    membership: StoryMembership,
    story_id: int,
    group: Group,
    known: dict[int, Known],
    shelf: Shelf,
) -> StoryMembership:
    pk = membership.source_id
    others = [other for other in group.sources if other != pk]
    membership.story_id = story_id
    membership.score = round(group.score[pk], 4) if others else 1.0
    nearest = max(
        others,
        key=lambda other: float(known[pk].reading.vector @ known[other].reading.vector),
        default=None,
    )
    membership.signals = (
        {"first": True} if nearest is None else explain(known[pk], known[nearest], shelf)
    )
    return membership


def _copies_follow(moved: dict[int, StoryMembership], now: datetime.datetime) -> None:
    copies = dict(Source.objects.filter(copy_of__in=moved).values_list("pk", "copy_of"))
    found = StoryMembership.objects.filter(source__in=copies, is_confirmed=False)
    rows = list(found.filter(story__in=machine_stories(now)))
    for row in rows:
        original = copies[row.source_id]
        if original is not None:
            row.story_id = moved[original].story_id
    StoryMembership.objects.bulk_update(rows, ["story"])


def _close_empty(left: dict[int, int]) -> None:
    """A story that lost all its sources leads to where they went."""
    empty = Story.objects.filter(pk__in=left, memberships__isnull=True)
    for story in empty:
        story.state, story.merged_into_id = Story.State.MERGED, left[story.pk]
        story.source_count = story.publisher_count = 0
    Story.objects.bulk_update(empty, ["state", "merged_into", "source_count", "publisher_count"])
