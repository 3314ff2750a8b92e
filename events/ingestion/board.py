"""The open stories around a handful of new sources: which one each goes to, and why.

Reads what is near once, decides in memory, writes all places together.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db.models import Q, QuerySet
from django.utils import timezone

from events.ingestion.binary import bigints, binary_cursor
from events.ingestion.group import are_foreign, ask
from events.ingestion.group_boilerplate import without_boilerplate
from events.ingestion.group_explain import because
from events.ingestion.group_pairs import Pairs, Window
from events.ingestion.near_duplicates import CopyEvidence
from events.ingestion.shelf import Known, Shelf
from events.ingestion.story_counts import refresh_stories
from events.ingestion.story_scores import take_in
from events.models import Story, StoryMembership

# A story goes on while sources come; after so long without one it is over.
WINDOW_SECONDS = 4 * 24 * 3600.0
# A new source is compared with so many of a story's sources, the newest.
COMPARED = 12

_MACHINE_STORY = """
story.state = 'open' AND NOT story.is_frozen
    AND (story.assigned_until IS NULL OR story.assigned_until <= now())
"""
_STORIES = f"""
SELECT member.source_id, member.story_id FROM events_storymembership AS member
JOIN events_story AS story ON story.id = member.story_id
WHERE member.source_id = ANY(%s::bigint[]) AND {_MACHINE_STORY}
"""
# The newest originals of each story.
_MEMBERS = """
SELECT story.id, newest.source_id
FROM unnest(%s::bigint[]) AS story(id)
CROSS JOIN LATERAL (
    SELECT member.source_id, member.added_at, member.id FROM events_storymembership AS member
    JOIN events_source AS source ON source.id = member.source_id AND source.copy_of_id IS NULL
    WHERE member.story_id = story.id
    ORDER BY member.added_at DESC, member.id DESC LIMIT %s
) AS newest
ORDER BY story.id, newest.added_at, newest.id
"""


def machine_stories(now: datetime.datetime) -> QuerySet[Story]:
    """Stories that the machine may change: open, arranged by nobody, held by nobody."""
    held = Q(assigned_until__gt=now)
    return Story.objects.filter(state=Story.State.OPEN, is_frozen=False).exclude(held)


def explain(source: Known, other: Known, shelf: Shelf) -> dict[str, object]:
    """Signals for a person: what is shared with the nearest source of the story."""
    signals: dict[str, object] = {"because": because(source.reading, other.reading, shelf.weight)}
    if are_foreign(source.reading, other.reading):
        signals["weaker"] = "different languages"
    return signals


@dataclass
class Place:
    """Where a source goes: a story's id, or a negative number while it is not written."""

    source: Known
    story: int
    score: float
    signals: dict[str, object]
    copy_of: int | None = None
    beside: dict[int, float] = field(default_factory=dict)  # probability by source of the story

    def meet(self, pk: int, probability: float) -> None:
        """A later source of the handful joins the story."""
        others = len(self.beside)
        self.score = (self.score * others + probability) / (others + 1)
        self.beside[pk] = probability

    def stand_alone(self, story: int) -> None:
        self.story, self.score, self.signals, self.beside = story, 1.0, {"first": True}, {}


@dataclass
class Board:
    shelf: Shelf
    known: dict[int, Known]
    story_of: dict[int, int]
    home: dict[int, int]  # of originals whose copies may follow them
    members: dict[int, list[int]] = field(default_factory=dict)
    likely: dict[int, dict[int, float]] = field(init=False)  # by new source and other
    places: list[Place] = field(default_factory=list)
    started: list[Story] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        new: Sequence[Known],
        near: dict[int, list[int]],
        originals: Sequence[int],
        shelf: Shelf,
    ) -> Board:
        fresh = {source.pk: source for source in new}
        stories = _stories({pk for found in near.values() for pk in found} - fresh.keys())
        board = cls(shelf, fresh, stories, _homes(originals))
        board._look(near)
        return board

    def __post_init__(self) -> None:
        self.likely = defaultdict(dict)

    def _look(self, near: dict[int, list[int]]) -> None:
        """Ask about the nearest, then about all that the likely stories are judged by."""
        fresh = set(self.known)
        self._ask(
            (pk, other)
            for pk in fresh
            for other in near[pk]
            if other in self.story_of or other in fresh
        )
        wanted = self._wanted(fresh)
        self.members = _members({story for stories in wanted.values() for story in stories})
        for story, pks in self.members.items():
            self.story_of |= dict.fromkeys(pks, story)
        self._ask(
            (pk, other)
            for pk, stories in wanted.items()
            for story in stories
            for other in self.members.get(story, ())
        )

    def _wanted(self, fresh: set[int]) -> dict[int, set[int]]:
        """The stories that each new source may join, its own or with another new one."""
        likely = {
            pk: [other for other, p in self.likely[pk].items() if p > self.shelf.model.threshold]
            for pk in fresh
        }
        own = {
            pk: {self.story_of[other] for other in others if other in self.story_of}
            for pk, others in likely.items()
        }
        return {
            pk: own[pk].union(*(own[other] for other in others if other in fresh))
            for pk, others in likely.items()
        }

    def put(self, source: Known) -> None:
        """In the nearest story, or in one of its own."""
        likely = self.likely[source.pk]
        stories = {self.story_of.get(pk, 0) for pk in likely} & self.members.keys()
        means = ((self._mean(likely, story), -story) for story in stories)
        score, nearest = max(means, default=(0.0, 0))
        if score <= self.shelf.model.threshold:
            self._note(Place(source, self._start(source), 1.0, {"first": True}))
            return
        beside = {pk: likely.get(pk, 0.0) for pk in self.members[-nearest]}
        best = max(beside, key=lambda pk: beside[pk])
        signals = explain(source, self.known[best], self.shelf)
        self._note(Place(source, -nearest, score, signals, beside=beside))

    def put_copy(self, source: Known, original: int, evidence: CopyEvidence | None) -> None:
        """Where its original stands, unless a person arranged that story."""
        if original not in self.home:
            self.put(source)
            return
        signals: dict[str, object] = {"copy of": original}
        if evidence:
            signals |= evidence.as_signals()
        self._note(Place(source, self.home[original], 1.0, signals, original))

    def write(self) -> None:
        """Store all places; a story that a person took in hand meanwhile gets nothing."""
        joined = {place.story for place in self.places if place.story > 0}
        for_all, for_copies = _still_open(joined)
        for place in self.places:
            allowed = for_all if place.copy_of is None else for_copies
            if place.story > 0 and place.story not in allowed:
                place.stand_alone(self._start(place.source))
        self._take_in()
        Story.objects.bulk_create(self.started)
        for place in self.places:
            if place.story < 0:
                place.story = self.started[-1 - place.story].pk
        StoryMembership.objects.bulk_create(
            StoryMembership(
                story_id=place.story,
                source_id=place.source.pk,
                score=round(place.score, 4),
                signals=place.signals,
            )
            for place in self.places
        )
        refresh_stories(place.story for place in self.places)

    def _take_in(self) -> None:
        """Whoever joins counts for the scores of those it stands beside, stored or not."""
        own = {place.source.pk: place for place in self.places}
        stored: defaultdict[int, list[float]] = defaultdict(list)
        for place in self.places:
            for pk, probability in place.beside.items():
                if pk not in own:
                    stored[pk].append(probability)
                elif own[pk].story == place.story:
                    own[pk].meet(place.source.pk, probability)
        take_in(stored)

    def _start(self, source: Known) -> int:
        self.started.append(Story(title=source.title))
        return -len(self.started)

    def _note(self, place: Place) -> None:
        """Later sources of the handful are compared with this one too, and follow it as copies."""
        pk = place.source.pk
        self.places.append(place)
        self.home[pk] = self.story_of[pk] = place.story
        if place.copy_of is None:
            self.members.setdefault(place.story, []).append(pk)

    def _mean(self, likely: dict[int, float], story: int) -> float:
        members = self.members[story]
        return sum(likely.get(pk, 0.0) for pk in members) / len(members)

    def _ask(self, wanted: Iterable[tuple[int, int]]) -> None:
        unknown = {
            (one, other) if one < other else (other, one)
            for one, other in wanted
            if other not in self.likely[one]
        }
        missing = {pk for pair in unknown for pk in pair} - self.known.keys()
        self.known |= self.shelf.recent(missing)
        pairs = self._at_once(unknown)
        if not len(pairs):
            return
        ids, rows = np.unique(pairs, return_inverse=True)
        asked = [self.known[pk] for pk in ids.tolist()]
        publishers = [source.publisher_id for source in asked]
        shelf = self.shelf
        window = Window(
            without_boilerplate([source.reading for source in asked], publishers),
            shelf.model,
            shelf.frequency,
            shelf.frequency_of,
            shelf.weight,
        )
        found = ask(window, rows.reshape(pairs.shape), publishers)
        for (one, other), probability in zip(pairs.tolist(), found.tolist(), strict=True):
            self.likely[one][other] = self.likely[other][one] = probability

    def _at_once(self, pairs: Collection[tuple[int, int]]) -> Pairs:
        """Those pairs whose sources came out within a story's window."""
        table = np.array(sorted(pairs), np.int64).reshape(len(pairs), 2)
        ids, rows = np.unique(table, return_inverse=True)
        at = np.array([self.known[pk].at for pk in ids.tolist()])[rows.reshape(table.shape)]
        near: Pairs = table[np.abs(at[:, 0] - at[:, 1]) <= WINDOW_SECONDS]
        return near


def _stories(near: Iterable[int]) -> dict[int, int]:
    """Of sources in stories that the machine may add to."""
    with binary_cursor() as cursor:
        cursor.execute(_STORIES, [bigints(near)])
        return dict(cursor.fetchall())


def _members(stories: Iterable[int]) -> dict[int, list[int]]:
    members: dict[int, list[int]] = {}
    with binary_cursor() as cursor:
        cursor.execute(_MEMBERS, [bigints(stories), COMPARED])
        for story, pk in cursor.fetchall():
            members.setdefault(story, []).append(pk)
    return members


def _homes(originals: Sequence[int]) -> dict[int, int]:
    """Stories in which copies may join their originals; of a merged story, what it became."""
    rows = StoryMembership.objects.filter(source__in=originals, story__is_frozen=False)
    found = rows.values_list("source_id", "story_id", "story__merged_into_id")
    return {pk: merged_into or story for pk, story, merged_into in found}


def _still_open(stories: Iterable[int]) -> tuple[set[int], set[int]]:
    """Lock the stories; of these, which the machine may still add to, and which take copies."""
    locked = Story.objects.select_for_update(no_key=True).filter(pk__in=stories).order_by("pk")
    free = set(locked.filter(is_frozen=False).values_list("pk", flat=True))
    return set(
        machine_stories(timezone.now()).filter(pk__in=free).values_list("pk", flat=True)
    ), free
