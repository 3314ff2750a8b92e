"""Group: which of the known texts tells of the same happening as a new one.

Pure: items in, proposals out. Placing them in stories is `placing`'s work.
"""

from __future__ import annotations

import datetime
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from events.language.words import MAX_TITLE_CHARS, clean, words

WINDOW = datetime.timedelta(days=4)
SAME_STORY = 0.40
# Words that stand in more than this share of the texts say nothing about the happening.
COMMON_SHARE = 0.2


@dataclass(frozen=True)
class Item:
    """What grouping knows of a source."""

    key: int
    title: str
    summary: str = ""
    at: datetime.datetime | None = None


@dataclass(frozen=True)
class Match:
    """The nearest known item, how near, and by which shared words."""

    key: int
    score: float
    shared: tuple[str, ...]


@dataclass
class Index:
    """The texts of a window, weighted by how rare their words are in it."""

    items: list[Item] = field(default_factory=list)
    counts: list[Counter[str]] = field(default_factory=list)
    document_count: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, items: Iterable[Item]) -> Index:
        index = cls()
        for item in items:
            index.add(item)
        return index

    def add(self, item: Item) -> None:
        counts = term_counts(item)
        self.items.append(item)
        self.counts.append(counts)
        self.document_count.update(counts.keys())

    def nearest(self, item: Item) -> Match | None:
        """The best match within the window, or None when nothing is near enough."""
        mine = self._weights(term_counts(item))
        best: Match | None = None
        for other, counts in zip(self.items, self.counts, strict=True):
            if not mine.keys() & counts.keys() or not in_window(item, other):
                continue
            theirs = self._weights(counts)
            score = _cosine(mine, theirs)
            if score >= SAME_STORY and (best is None or score > best.score):
                best = Match(other.key, score, _strongest(mine, theirs))
        return best

    def _weights(self, counts: Counter[str]) -> dict[str, float]:
        total = len(self.items) + 1
        weights = {}
        for word, count in counts.items():
            known = self.document_count[word]
            if known <= max(3, COMMON_SHARE * total):
                weights[word] = (1 + math.log(count)) * math.log((total + 1) / (known + 0.5))
        return weights


def term_counts(item: Item) -> Counter[str]:
    """Words of title and summary; those of the title count double."""
    title = words(clean(item.title, MAX_TITLE_CHARS))
    return Counter(title + title + words(clean(item.summary)))


def in_window(one: Item, other: Item) -> bool:
    return one.at is None or other.at is None or abs(one.at - other.at) <= WINDOW


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    dot = sum(weight * other[word] for word, weight in one.items() if word in other)
    norms = math.hypot(*one.values()) * math.hypot(*other.values())
    return dot / norms if norms else 0.0


def _strongest(one: dict[str, float], other: dict[str, float]) -> tuple[str, ...]:
    shared: Sequence[str] = sorted(
        one.keys() & other.keys(), key=lambda word: -one[word] * other[word]
    )
    return tuple(shared[:5])
