"""Made-up news: happenings told by several publishers, in words as frequent as in real text.

Words are pieces of wordllama's vocabulary, which stand in order of frequency, and compounds of
them for the long tail; names come from a vocabulary of their own. Both are drawn by Zipf's law.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count, pairwise
from pathlib import Path

import numpy as np
import wordllama
from numpy.typing import NDArray

STOP = ("the", "of", "a", "to", "in", "and", "for", "on", "as", "with", "is", "by", "its", "that")
WORDS, NAMES = 40_000, 6_000
TITLE_WORDS, SUMMARY_WORDS = 10, 40
# Every so many texts a feed gives the article itself instead of a summary.
LONG_EVERY, LONG_WORDS = 10, 350
COPY_SHARE = 0.08
# Of all happenings so many are told of once; the others by four sources or so.
LONE_SHARE, MEAN_SIZE = 0.6, 4
SENTENCE = 15
Words = NDArray[np.object_]


@dataclass(frozen=True)
class Text:
    happening: int
    title: str
    summary: str
    hours: float  # after its happening


class Newsroom:
    """Endless texts; `seed` decides them all."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = np.random.default_rng(seed)  # of the happening that is told
        self.words, self.names = _words()

    def texts(self) -> Iterator[Text]:
        for number in count(self.seed << 32):
            self.random = np.random.default_rng(number)
            lone = self.random.random() < LONE_SHARE
            size = 1 if lone else 1 + int(self.random.geometric(1 / (MEAN_SIZE - 1)))
            yield from self.told(number, size)

    def told(self, number: int, size: int) -> Iterator[Text]:
        """So many texts on one happening; asked again, the same ones first."""
        self.random = np.random.default_rng((1, number))
        names, topic = self._draw(self.names, 3), self._draw(self.words[300:], 14)
        figure = str(self.random.integers(2, 9999))
        title = summary = ""
        for _ in range(size):
            if not title or self.random.random() > COPY_SHARE:
                title = self._title(names, topic, figure)
                is_long = self.random.integers(LONG_EVERY) == 0
                summary = self._body(names, topic, figure, LONG_WORDS if is_long else SUMMARY_WORDS)
            yield Text(number, title, summary, float(self.random.exponential(10)))

    def _title(self, names: Words, topic: Words, figure: str) -> str:
        chosen = [*self._some(names, 2), *self._some(topic, 4), *self._draw(self.words[100:], 2)]
        chosen += [*self.random.choice(STOP, 2), figure][: TITLE_WORDS - len(chosen)]
        self.random.shuffle(chosen)
        return " ".join(chosen)

    def _body(self, names: Words, topic: Words, figure: str, size: int) -> str:
        chosen = [*self._some(names, 3), *self._some(topic, 9), figure]
        chosen += [*self._draw(self.names, size // 20), *self._draw(self.words, size // 2)]
        chosen += [*self.random.choice(STOP, size // 4)]
        self.random.shuffle(chosen)
        ends = [*range(0, len(chosen), SENTENCE), len(chosen)]
        return " ".join(f"It said: {' '.join(chosen[a:b])}." for a, b in pairwise(ends))

    def _some(self, words: Words, most: int) -> Words:
        return self.random.permutation(words)[:most]

    def _draw(self, words: Words, size: int) -> Words:
        """By Zipf's law, cut at the end of the vocabulary."""
        ranks = np.exp(self.random.random(size) * np.log(len(words) + 1)).astype(np.int64)
        chosen: Words = words[ranks - 1]
        return chosen


@cache
def _words() -> tuple[Words, Words]:
    """The same vocabulary in every newsroom: words, and names."""
    random = np.random.default_rng(1)
    pieces = _pieces()
    joined = [a + b for a, b in random.choice(np.array(pieces[500:], object), (WORDS, 2))]
    named = random.choice(np.array(pieces[1000:], object), (NAMES, 2))
    return (
        np.array([*pieces, *joined][:WORDS], object),
        np.array([a.capitalize() + b for a, b in named], object),
    )


def _pieces() -> Sequence[str]:
    folder = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
    ranked = sorted(model.tokenizer.get_vocab().items(), key=lambda item: item[1])
    words = [piece[1:] for piece, _ in ranked if piece.startswith("▁")]
    return [word for word in words if len(word) > 2 and word.isascii() and word.islower()]
