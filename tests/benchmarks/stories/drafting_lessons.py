"""Stories made from the record's own events, compared with the events nearest to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from events.drafting.choosing import Flags
from events.drafting.likeness import are_dated, likeness_signs
from events.drafting.rarity import Rarity
from events.drafting.sights import sight_of_event, sight_of_sources
from events.drafting.texts import EventText, SourceText
from events.language.background import Floats
from tests.benchmarks.stories.drafting_record import Record

CANDIDATES = 40  # as many as knowledge.COMPARED


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
    cited = Counter(source for event in record.events for source in set(event.sources))
    rarity, gazetteer = Rarity.of(record.events), record.who.gazetteer
    stories, kept = [], []
    for event in record.events:
        own = [source for source in event.sources if cited[source] == 1]
        story, rest = WAYS[way](event, own)
        stories.append(story)
        kept.append(replace(event, sources=rest))
    known = [sight_of_event(event, gazetteer) for event in kept]
    vectors = np.array([event.vector for event in known])
    for n, story in enumerate(stories):
        if not story:
            continue
        sight = sight_of_sources(story, gazetteer)
        near = vectors @ sight.vector
        near[n] = 9  # the right one is always among them
        chosen = np.argsort(-near)[: CANDIDATES + 1]
        absent = rarity.replaced(record.events[n], None)
        present = rarity.replaced(record.events[n], kept[n])
        signs = [likeness_signs(sight, known[m], present if m == n else absent) for m in chosen]
        dated = np.array([are_dated(sight, known[m]) for m in chosen])
        yield Lesson(way, n, np.array(signs), dated, chosen)
