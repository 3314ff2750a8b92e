"""How telling a shared word is: in this record, where "DeepSeek" is common, and in news at large,
where "announces" is. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from events.drafting.texts import EventText, words_of
from events.language.background import Floats, hash_term, load_background

# In a young record every word is rare: it is weighed as if it had so many events.
_LEAST_EVENTS = 400


@dataclass(frozen=True)
class Rarity:
    events: int
    events_with: Counter[str]

    @classmethod
    def of(cls, events: Iterable[EventText]) -> Rarity:
        words = [_event_words(event) for event in events]
        return cls(len(words), Counter(word for found in words for word in found))

    def replaced(self, event: EventText, by: EventText | None) -> Rarity:
        """As if a counted event had not been counted, or had been otherwise."""
        events_with = self.events_with.copy()
        events_with.subtract(_event_words(event))
        if by is not None:
            events_with.update(_event_words(by))
        return Rarity(self.events - (by is None), events_with)

    def weight(self, word: str) -> float:
        """1 for a word that no event has, near 0 for one that all have."""
        most = math.log(2 * max(self.events, _LEAST_EVENTS) + 2)
        return max(0.0, 1 - math.log(2 * self.events_with[word] + 1) / most)

    def total(self, words: Collection[str]) -> float:
        return math.fsum(self.weight(word) for word in words)  # in whatever order

    def rarest(self, words: Collection[str]) -> float:
        return max((self.weight(word) for word in words), default=0.0)

    def covered(self, part: Collection[str], whole: Collection[str]) -> float:
        """The share of a text that is explained, rare words counting more."""
        total = self.total(whole)
        return self.total(part) / total if total else 0.0


def news_weight(word: str) -> float:
    """How rare a word is in news at large; about 9 for one never met."""
    return float(_news_weights()[hash_term(word)])


@cache
def _news_weights() -> Floats:
    return load_background().term_weight()


def _event_words(event: EventText) -> frozenset[str]:
    titles = (source.title for source in event.sources)
    return frozenset().union(*map(words_of, (event.title, event.summary, *titles)))
