"""Group: which texts tell of the same happening. Items in, groups out; pure.

    copies collapse → read (words, names, vector) → candidate pairs → signals → probability
    → average linkage

`cluster` is what `manage.py group_items` and the periodic re-clustering call; placing a single
new source asks the same model about the pairs it needs.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from events.ingestion.group_boilerplate import origin_of, without_boilerplate
from events.ingestion.group_certainty import certainty
from events.ingestion.group_linkage import average_linkage
from events.ingestion.group_model import GroupModel, load_model
from events.ingestion.group_pairs import (
    SIGNALS,
    Pairs,
    Window,
    candidate_pairs,
    says_enough,
    without,
)
from events.ingestion.group_reading import Item, Reading, read_items
from events.ingestion.near_duplicates import find_copies
from events.language.background import Floats
from events.language.words import CJK_LANGUAGES

# Pairs are asked about in portions: small enough for the processor's cache, too.
_PORTION = 5_000
# With so many agreeing neighbors a text is asked about more of them.
CROWDED, MORE_NEIGHBORS = 15, 150
# A publisher seldom tells one happening in two texts, though all its texts are alike: of pairs
# that look as much alike as others, so much smaller are the odds. Measured, see grouping.md.
TOLD_AGAIN = 0.125
# Weight of shared names (about two rare ones) that joins texts of different languages, and what
# such a join is worth: a little above the threshold, which a single precision 0.45 is not.
FOREIGN_NAMES_WEIGHT, FOREIGN_PROBABILITY = 11.0, 0.46


@dataclass(frozen=True)
class Clusters:
    """Groups of row numbers and the pairs that were asked about."""

    groups: list[list[int]]
    pairs: Pairs
    probability: Floats


@dataclass(frozen=True)
class Grouping:
    """Stories as row numbers, in order of their first item; and what copies what.

    `score` is each row's certainty among the originals of its story.
    """

    stories: list[list[int]]
    copy_of: list[int | None]
    score: list[float] = field(default_factory=list)


def group_items(items: Sequence[Item]) -> Grouping:
    """Collapse copies, then cluster what is left; a copy stands where its original stands."""
    copy_of = find_copies(items)
    originals = [row for row, original in enumerate(copy_of) if original is None]
    model = load_model()
    read = [items[row] for row in originals]
    origins = [origin_of(item) for item in read]
    readings = without_boilerplate(read_items(read, model), origins)
    clusters = cluster(readings, origins, model)
    copies: defaultdict[int, list[int]] = defaultdict(list)
    for row, original in enumerate(copy_of):
        if original is not None:
            copies[original].append(row)
    stories = [
        sorted(row for index in group for row in (originals[index], *copies[originals[index]]))
        for group in clusters.groups
    ]
    score = [1.0] * len(items)
    sure = certainty(clusters.groups, clusters.pairs, clusters.probability, len(originals))
    for row, found in zip(originals, sure.tolist(), strict=True):
        score[row] = found
    return Grouping(sorted(stories), copy_of, score)


def cluster(
    readings: Sequence[Reading], origins: Sequence[Hashable], model: GroupModel
) -> Clusters:
    """`origins` run beside the readings: whose texts they are; a falsy one is nobody's."""
    window = Window(readings, model)
    return link(window, lambda pairs: ask(window, pairs, origins), model.threshold)


def link(window: Window, judge: Callable[[Pairs], Floats], threshold: float) -> Clusters:
    """Average linkage over the pairs worth asking about.

    Few neighbors are asked about at first; a text that agrees with most of them has more.
    """
    size = len(window.readings)
    pairs = candidate_pairs(window)
    probability = judge(pairs)
    agreeing = np.bincount(pairs[probability >= threshold].ravel(), minlength=size)
    crowded = np.flatnonzero(agreeing >= CROWDED)
    further = without(candidate_pairs(window, MORE_NEIGHBORS, crowded), pairs, size)
    pairs = np.concatenate([pairs, further])
    probability = np.concatenate([probability, judge(further)])
    return Clusters(average_linkage(size, pairs, probability, threshold), pairs, probability)


def ask(window: Window, pairs: Pairs, origins: Sequence[Hashable]) -> Floats:
    """Probability for each pair of the window's rows."""
    portions = [
        _ask(window, pairs[start : start + _PORTION]) for start in range(0, len(pairs), _PORTION)
    ]
    found = np.concatenate(portions) if portions else np.zeros(0, np.float32)
    return told_again(found, by_one_publisher(pairs, origins))


def by_one_publisher(pairs: Pairs, origins: Sequence[Hashable]) -> NDArray[np.bool_]:
    """Which pairs are two texts of one publisher, as far as publishers are known."""
    number = {origin: n for n, origin in enumerate(origins) if origin}
    whose = np.array([number.get(origin, -1 - n) for n, origin in enumerate(origins)], np.int64)
    answer: NDArray[np.bool_] = whose[pairs[:, 0]] == whose[pairs[:, 1]]
    return answer


def told_again(probability: Floats, by_one: NDArray[np.bool_]) -> Floats:
    """Less of it where one publisher would tell a happening a second time."""
    odds = TOLD_AGAIN * probability / np.maximum(1 - probability, 1e-6)
    answer: Floats = np.where(by_one, odds / (1 + odds), probability).astype(np.float32)
    return answer


def _ask(window: Window, pairs: Pairs) -> Floats:
    signals = window.signals(pairs)
    probability = np.where(says_enough(signals), window.model.probability(signals), 0)
    foreign = _are_foreign(window, pairs)
    if foreign.any():
        probability[foreign] = _by_names_alone(signals[foreign])
    return probability


def _are_foreign(window: Window, pairs: Pairs) -> NDArray[np.bool_]:
    """`are_foreign` for pairs of rows; only texts in two languages are looked at one by one."""
    readings = window.readings
    numbers = {language: number for number, language in enumerate({r.language for r in readings})}
    languages = np.array([numbers[reading.language] for reading in readings])
    foreign: NDArray[np.bool_] = languages[pairs[:, 0]] != languages[pairs[:, 1]]
    mixed = np.flatnonzero(foreign)
    foreign[mixed] = [are_foreign(readings[i], readings[j]) for i, j in pairs[mixed].tolist()]
    return foreign


def are_foreign(one: Reading, other: Reading) -> bool:
    """Whether the two are written in different languages, as far as that is known."""
    known = bool(one.language and other.language)
    is_cjk = one.language in CJK_LANGUAGES or other.language in CJK_LANGUAGES
    return (known or is_cjk) and one.language != other.language


def _by_names_alone(signals: Floats) -> Floats:
    """Between languages words and vectors say nothing: names, numbers and time must do.

    Never sure: two rare names, or one and a number, within the same days, are worth a weak join.
    """
    column = {name: signals[:, number] for number, name in enumerate(SIGNALS)}
    names = np.expm1(column["names_weight"])
    several = names > FOREIGN_NAMES_WEIGHT
    one_and_number = (column["names_rarest"] > 0.5) & (column["numbers_weight"] > 1.5)
    dated = (column["undated"] == 0) & (column["days_apart"] == 0)
    answer: Floats = np.where((several | one_and_number) & dated, FOREIGN_PROBABILITY, 0)
    return answer.astype(np.float32)


def believable_time(
    published: datetime.datetime | None, seen: datetime.datetime
) -> datetime.datetime:
    """When it came out, as far as it can be believed: never after it was first seen."""
    return seen if published is None else min(published, seen)
