"""Stories made from the record's own events, compared with the events nearest to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from events.drafting.choosing import COMPARED, OF_SAME_DAYS, Flags
from events.drafting.likeness import NEAR, are_dated, days_apart, likeness_signs
from events.drafting.rarity import Rarity
from events.drafting.sights import EventSight, StorySight, sight_of_event, sight_of_sources
from events.drafting.texts import EventText, SourceText
from events.language.background import Floats
from tests.benchmarks.stories.drafting_record import Record


@dataclass(frozen=True)
class Lesson:
    way: str
    number: int  # of the right event
    signs: Floats  # one row per event compared
    are_dated: Flags
    events: NDArray[np.int64]

    @property
    def is_right(self) -> Flags:
        right: Flags = self.events == self.number
        return right

    def without(self) -> Lesson:
        """As if the right event were not in the record."""
        others = ~self.is_right
        return replace(
            self,
            signs=self.signs[others],
            are_dated=self.are_dated[others],
            events=self.events[others],
        )


def titled(_: EventText, own: list[SourceText]) -> tuple[list[SourceText], tuple[SourceText, ...]]:
    """All sources make the story; the record keeps the moderator's words."""
    return own, ()


def halved(
    event: EventText, own: list[SourceText]
) -> tuple[list[SourceText], tuple[SourceText, ...]]:
    """Half of the sources make the story; the record keeps the rest."""
    story = own[: (len(own) + 1) // 2]
    return story, tuple(source for source in event.sources if source not in story)


def undated(_: EventText, own: list[SourceText]) -> tuple[list[SourceText], tuple[SourceText, ...]]:
    """As `titled`, but nobody says when."""
    return [replace(source, published=None, published_until=None) for source in own], ()


WAYS = {"looks_like": titled, "looks_like_halved": halved, "looks_like_undated": undated}


def lessons_of(record: Record, way: str) -> Iterator[Lesson]:
    """The right event keeps what its way leaves it, all others their sources."""
    cited = Counter(source for event in record.events for source in set(event.sources))
    rarity, gazetteer = Rarity.of(record.events), record.who.gazetteer
    whole = [sight_of_event(event, gazetteer) for event in record.events]
    for n, event in enumerate(record.events):
        story, rest = WAYS[way](event, [source for source in event.sources if cited[source] == 1])
        if not story:
            continue
        sight, kept = sight_of_sources(story, gazetteer), replace(event, sources=rest)
        absent, present = rarity.replaced(event, None), rarity.replaced(event, kept)
        chosen = np.array([n, *(m for m in _likely(sight, whole, absent) if m != n)])
        known = [sight_of_event(kept, gazetteer), *(whole[m] for m in chosen[1:])]
        signs = [likeness_signs(sight, known[0], present)]
        signs += [likeness_signs(sight, other, absent) for other in known[1:]]
        dated = np.array([are_dated(sight, other) for other in known])
        yield Lesson(way, n, np.array(signs), dated, chosen)


def _likely(story: StorySight, events: list[EventSight], rarity: Rarity) -> list[int]:
    """As knowledge.likely_events chooses: by telling words, and of the same days."""
    shared = np.array([rarity.total(story.words & event.words) for event in events])
    days = [days_apart(story, event) for event in events]
    near = [n for n, apart in enumerate(days) if apart is not None and apart <= NEAR]
    near.sort(key=lambda n: (days[n] or 0, -n))
    return list(
        dict.fromkeys(
            [*np.argsort(-shared, kind="stable")[:COMPARED].tolist(), *near[:OF_SAME_DAYS]]
        )
    )
