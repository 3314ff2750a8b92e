"""Re-cluster the open stories of the window, so that early guesses are put right.

The clustering reads a snapshot, plans who moves, and holds nobody up; only the moves take the
placing lock, and only the stories they concern are locked. What changed meanwhile, or was
arranged by a person, stays as it is.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction

from events.ingestion.board import explain, machine_stories
from events.ingestion.group import Clusters, cluster
from events.ingestion.group_boilerplate import without_boilerplate
from events.ingestion.group_certainty import certainty
from events.ingestion.group_pairs import term_frequency
from events.ingestion.placing import lock_placing
from events.ingestion.shelf import Known, Shelf, save_frequency
from events.ingestion.shelf_rows import forget
from events.ingestion.story_counts import refresh_stories
from events.ingestion.story_scores import set_scores
from events.models import Source, Story, StoryMembership

# A story without a new source for so long is over.
OPEN_FOR = datetime.timedelta(days=10)
MAX_SOURCES = 20_000


@dataclass(frozen=True)
class Group:
    """What the clustering holds to be one story: sources, and how sure each one is."""

    sources: list[int]
    score: dict[int, float]


@dataclass(frozen=True)
class Move:
    """A source that goes to another story; to one that is started for its group, if None."""

    source: int
    old: int
    new: int | None
    group: Group


def regroup_stories(now: datetime.datetime) -> int:
    """Re-cluster; return how many sources changed their story."""
    forget(now)
    stood = _snapshot(now)
    if not stood:
        return 0
    shelf = Shelf()
    known = shelf.read(stood, mend=True)
    publishers = [source.publisher_id for source in known.values()]
    readings = without_boilerplate([source.reading for source in known.values()], publishers)
    save_frequency(term_frequency(readings), len(readings), now)
    shelf = Shelf()  # with the terms as just counted
    found = cluster(readings, publishers, shelf.model)
    groups = _scored(list(known), found)
    moves = _plan(groups, stood)
    known |= shelf.read_again(move.source for move in moves)
    with transaction.atomic():
        lock_placing()
        moved = _write(moves, known, shelf, now)
        _score_others(groups, {move.source for move in moves}, stood, now)
        return moved


def _snapshot(now: datetime.datetime) -> dict[int, int]:
    """Source → story, for originals in stories that the machine may change, newest first."""
    stories = machine_stories(now).filter(last_source_at__gte=now - OPEN_FOR)
    rows = StoryMembership.objects.filter(story__in=stories, source__copy_of__isnull=True)
    newest = rows.order_by("-source__first_seen_at", "-source_id")[:MAX_SOURCES]
    return dict(newest.values_list("source_id", "story_id"))


def _scored(known: Sequence[int], found: Clusters) -> list[Group]:
    sure = certainty(found.groups, found.pairs, found.probability, len(known)).tolist()
    return [
        Group([known[row] for row in group], {known[row]: round(sure[row], 4) for row in group})
        for group in found.groups
    ]


def _plan(groups: list[Group], stood: dict[int, int]) -> list[Move]:
    """The moves after which each group stands in one story."""
    confirmed = set(
        StoryMembership.objects.filter(source__in=stood, is_confirmed=True).values_list(
            "source_id", flat=True
        )
    )
    return [
        Move(pk, stood[pk], story_id, group)
        for group, story_id in _targets(groups, stood, confirmed)
        for pk in group.sources
        if pk not in confirmed and stood[pk] != story_id
    ]


def _targets(
    groups: list[Group], stood: dict[int, int], confirmed: Collection[int]
) -> list[tuple[Group, int | None]]:
    """Each group with the story that most of it stands in already; a story serves one group."""
    claims = []
    for number, group in enumerate(groups):
        for story_id, count in Counter(stood[pk] for pk in group.sources).items():
            fixed = sum(pk in confirmed and stood[pk] == story_id for pk in group.sources)
            claims.append((-fixed, -count, story_id, number))
    target: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, story_id, number in sorted(claims):
        if number not in target and story_id not in taken:
            target[number] = story_id
            taken.add(story_id)
    return [(group, target.get(number)) for number, group in enumerate(groups)]


def _write(moves: list[Move], known: dict[int, Known], shelf: Shelf, now: datetime.datetime) -> int:
    """Make the moves that are still right; return how many sources moved."""
    rows = _movable(moves, now)
    moves = [move for move in moves if move.source in rows]
    started = _start(moves, known)
    for move in moves:
        target = move.new or started[move.group.sources[0]]
        _move(rows[move.source], target, move.group, known, shelf)
    StoryMembership.objects.bulk_update(rows.values(), ["story", "score", "signals"])
    left = {move.old: rows[move.source].story_id for move in moves}
    _copies_follow(rows, now)
    refresh_stories({*left, *left.values(), *(row.story_id for row in rows.values())})
    _close_empty(left)
    return len(rows)


def _score_others(
    groups: list[Group], moved: Collection[int], stood: dict[int, int], now: datetime.datetime
) -> None:
    """Let those that stay say how surely they belong to what their stories have become."""
    open_now = set(
        machine_stories(now).filter(pk__in=set(stood.values())).values_list("pk", flat=True)
    )
    found = [
        (pk, stood[pk], group.score[pk])
        for group in groups
        for pk in group.sources
        if pk not in moved and stood[pk] in open_now
    ]
    refresh_stories(set_scores(found))


def _start(moves: list[Move], known: dict[int, Known]) -> dict[int, int]:
    """Stories for the groups that have none, named after their earliest source, by group."""
    earliest: dict[int, Known] = {}
    for move in moves:
        if move.new is None:
            source, key = known[move.source], move.group.sources[0]
            best = earliest.setdefault(key, source)
            earliest[key] = min(best, source, key=lambda known: (known.at, known.pk))
    made = Story.objects.bulk_create(Story(title=first.title) for first in earliest.values())
    return dict(zip(earliest, (story.pk for story in made), strict=True))


def _movable(moves: list[Move], now: datetime.datetime) -> dict[int, StoryMembership]:
    """Memberships that are still as the snapshot saw them, with both stories locked."""
    concerned = {story for move in moves for story in (move.old, move.new) if story is not None}
    locked = machine_stories(now).filter(pk__in=concerned).order_by("pk")
    free = set(locked.select_for_update(no_key=True).values_list("pk", flat=True))
    right = {m.source: m for m in moves if m.old in free and (m.new is None or m.new in free)}
    rows = StoryMembership.objects.filter(source__in=right, is_confirmed=False)
    return {row.source_id: row for row in rows if row.story_id == right[row.source_id].old}


def _move(
    membership: StoryMembership,
    story_id: int,
    group: Group,
    known: dict[int, Known],
    shelf: Shelf,
) -> None:
    pk = membership.source_id
    others = [other for other in group.sources if other != pk]
    membership.story_id = story_id
    membership.score = group.score[pk]
    nearest = max(
        others,
        key=lambda other: float(known[pk].reading.vector @ known[other].reading.vector),
        default=None,
    )
    membership.signals = (
        {"first": True} if nearest is None else explain(known[pk], known[nearest], shelf)
    )


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
