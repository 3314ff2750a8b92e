"""Place sources in stories as they come: one lookup, one question to the pair model, one row.

One worker places at a time (advisory lock), so two that bring one happening make one story.
Whatever a person arranged - frozen stories, confirmed memberships, stories that are no longer
open or that somebody is working on - is left as it is.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from events.ingestion.group import are_foreign, ask, believable_time
from events.ingestion.group_explain import because
from events.ingestion.group_pairs import Window
from events.ingestion.near_duplicates import CopyEvidence, boilerplate, compare
from events.ingestion.relevance import relevance_of
from events.ingestion.shelf import Known, Shelf
from events.models import Source, Story, StoryMembership

# Any number, the same in every worker.
PLACING_LOCK = 7_346_001
# A story goes on while sources come; after so long without one it is over.
WINDOW = datetime.timedelta(days=4)
# A new source is compared with so many of a story's sources, the newest.
COMPARED = 12


def place_sources(source_ids: list[int]) -> None:
    """Give each source that stands in no story its place; sources with a place keep it.

    Running it twice changes nothing the second time.
    """
    shelf = Shelf()
    unplaced = Source.objects.filter(pk__in=source_ids, membership__isnull=True)
    shelf.read(unplaced.values_list("pk", flat=True))  # the slow part, before anybody must wait
    with transaction.atomic():
        lock_placing()
        new = list(shelf.read(unplaced.values_list("pk", flat=True)).values())
        if new:
            _place_all(sorted(new, key=lambda source: (source.at, source.pk)), shelf)


def lock_placing() -> None:
    """Wait until no other worker places; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PLACING_LOCK])


def machine_stories(now: datetime.datetime) -> QuerySet[Story]:
    """Stories that the machine may change: open, arranged by nobody, held by nobody."""
    held = Q(assigned_until__gt=now)
    return Story.objects.filter(state=Story.State.OPEN, is_frozen=False).exclude(held)


def refresh_stories(story_ids: Iterable[int]) -> None:
    """Bring counts, times and relevance of stories in line with their sources."""
    members: defaultdict[int, list[Source]] = defaultdict(list)
    found = StoryMembership.objects.filter(story__in=list(story_ids)).order_by("added_at", "pk")
    for membership in found.select_related("source").defer("source__text"):
        members[membership.story_id].append(membership.source)
    changed = []
    for story in Story.objects.filter(pk__in=members):
        values = _summary(members[story.pk])
        if any(getattr(story, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(story, name, value)
            changed.append(story)
    Story.objects.bulk_update(changed, [*_SUMMARIZED])


_SUMMARIZED = (
    "source_count",
    "publisher_count",
    "first_source_at",
    "last_source_at",
    "relevance",
)


def _summary(sources: list[Source]) -> dict[str, object]:
    times = [believable_time(source.published_at, source.first_seen_at) for source in sources]
    relevance = max(relevance_of(source.title, source.summary) for source in sources)
    values = (len(sources), _voices(sources), min(times), max(times), round(relevance, 4))
    return dict(zip(_SUMMARIZED, values, strict=True))


def _voices(sources: list[Source]) -> int:
    """Distinct publishers of originals: a syndicated text speaks once, for whoever wrote it."""
    ids = {source.pk for source in sources}
    originals = [source for source in sources if source.copy_of_id not in ids]
    return len({source.publisher_id or f"source {source.pk}" for source in originals})


def _place_all(new: list[Known], shelf: Shelf) -> None:
    shelf.add(new)
    near = shelf.neighbors(new)
    known = shelf.read({pk for found in near.values() for pk in found} | set(near))
    copies = _copies(new, near, known)
    Source.objects.bulk_update(
        [Source(pk=pk, copy_of_id=original) for pk, (original, _) in copies.items()], ["copy_of"]
    )
    board = _Board.of(new, near, shelf)
    copied = {original for original, _ in copies.values()}
    memberships = []
    for source in new:
        membership = _as_copy(source, copies)
        if membership is None:
            membership = board.place(source)
            board.note(source, membership.story_id)
        if source.pk in copied:  # its copies, later in this batch, look for it
            membership.save()
        memberships.append(membership)
    StoryMembership.objects.bulk_create([m for m in memberships if m.pk is None])
    refresh_stories({membership.story_id for membership in memberships})


def _copies(
    new: Sequence[Known], near: dict[int, list[int]], known: dict[int, Known]
) -> dict[int, tuple[int, CopyEvidence | None]]:
    """For each new source that is a copy, the original and by what it was recognised."""
    found: dict[int, tuple[int, CopyEvidence | None]] = {}
    waiting = {source.pk for source in new}
    for source in new:
        waiting.discard(source.pk)
        if source.copy_of_id:
            found[source.pk] = (source.copy_of_id, None)
            continue
        earlier = [known[pk] for pk in near[source.pk] if pk not in waiting]
        ignored = boilerplate([source.text, *(other.text for other in earlier)])
        for other in earlier:
            cosine = float(source.reading.vector @ other.reading.vector)
            evidence = compare(source.text, other.text, ignored, cosine)
            if evidence:
                root = found[other.pk][0] if other.pk in found else other.copy_of_id or other.pk
                found[source.pk] = (root, evidence)
                break
    return found


def _as_copy(
    source: Known, copies: dict[int, tuple[int, CopyEvidence | None]]
) -> StoryMembership | None:
    """A copy stands where its original stands, unless a person arranged that story."""
    if source.pk not in copies:
        return None
    original, evidence = copies[source.pk]
    home = StoryMembership.objects.filter(source=original).select_related("story").first()
    if home is None or home.story.is_frozen:
        return None
    story_id = home.story.merged_into_id or home.story_id
    signals: dict[str, object] = {"copy of": original}
    if evidence:
        signals |= evidence.as_signals()
    return StoryMembership(story_id=story_id, source_id=source.pk, score=1.0, signals=signals)


@dataclass
class _Board:
    """The open stories around a batch of new sources, and how likely each pair is one happening."""

    shelf: Shelf
    known: dict[int, Known]
    story_of: dict[int, int]  # of sources in stories that the machine may change
    members: dict[int, list[int]]
    probability: dict[tuple[int, int], float] = field(default_factory=dict)

    @classmethod
    def of(cls, new: Sequence[Known], near: dict[int, list[int]], shelf: Shelf) -> _Board:
        ids = {pk for found in near.values() for pk in found} - {source.pk for source in new}
        stories = machine_stories(timezone.now()).filter(memberships__source__in=ids)
        members: defaultdict[int, list[int]] = defaultdict(list)
        rows = StoryMembership.objects.filter(story__in=stories, source__copy_of__isnull=True)
        for story_id, pk in rows.order_by("added_at", "pk").values_list("story_id", "source_id"):
            members[story_id].append(pk)
        members = defaultdict(list, {k: pks[-COMPARED:] for k, pks in members.items()})
        story_of = {pk: story_id for story_id, pks in members.items() for pk in pks}
        known = shelf.read([*story_of, *(source.pk for source in new)])
        board = cls(shelf, known, story_of, members)
        board._ask(new, near)
        return board

    def _ask(self, new: Sequence[Known], near: dict[int, list[int]]) -> None:
        """Ask about each new source and every compared source of the stories near to it."""
        wanted = set()
        fresh = {source.pk for source in new}
        for source in new:
            for pk in near[source.pk]:
                story = self.members.get(self.story_of.get(pk, 0), [])
                for other in [*story, *([pk] if pk in fresh else [])]:
                    if abs(self.known[other].at - source.at) <= WINDOW:
                        wanted.add((min(source.pk, other), max(source.pk, other)))
        if not wanted:
            return
        pairs = sorted(wanted)
        ids = sorted({pk for pair in pairs for pk in pair})
        row = {pk: number for number, pk in enumerate(ids)}
        shelf = self.shelf
        window = Window(
            [self.known[pk].reading for pk in ids], shelf.model, shelf.frequency, shelf.frequency_of
        )
        found = ask(window, np.array([[row[one], row[other]] for one, other in pairs]))
        self.probability = dict(zip(pairs, found.tolist(), strict=True))

    def place(self, source: Known) -> StoryMembership:
        """In the nearest story, or in one of its own."""
        nearest = max(
            ((self._mean(source.pk, pks), -story_id) for story_id, pks in self.members.items()),
            default=(0.0, 0),
        )
        score, story_id = nearest[0], -nearest[1]
        if score <= self.shelf.model.threshold:
            story = Story.objects.create(title=source.title)
            return StoryMembership(
                story=story, source_id=source.pk, score=1.0, signals={"first": True}
            )
        best = max(self.members[story_id], key=lambda pk: self._between(source.pk, pk))
        signals = explain(source, self.known[best], self.shelf)
        return StoryMembership(
            story_id=story_id, source_id=source.pk, score=round(score, 4), signals=signals
        )

    def note(self, source: Known, story_id: int) -> None:
        """Later sources of the batch are compared with this one too."""
        self.members.setdefault(story_id, []).append(source.pk)

    def _between(self, one: int, other: int) -> float:
        return self.probability.get((min(one, other), max(one, other)), 0.0)

    def _mean(self, pk: int, story: list[int]) -> float:
        return sum(self._between(pk, other) for other in story) / len(story)


def explain(source: Known, other: Known, shelf: Shelf) -> dict[str, object]:
    """Signals for a person: what is shared with the nearest source of the story."""
    signals: dict[str, object] = {"because": because(source.reading, other.reading, shelf.weight)}
    if are_foreign(source.reading, other.reading):
        signals["weaker"] = "different languages"
    return signals
