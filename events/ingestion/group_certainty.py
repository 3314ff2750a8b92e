"""How sure it is that each text of a story belongs there: what a story's count rests on. Pure.

A text's certainty is its mean probability with the sure ones of its story: those that are left
when the least sure is put aside again and again, until all are sure of one another. So a doubtful
text is doubtful itself, and makes the others no less sure.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from events.ingestion.group_pairs import Pairs
from events.language.background import Floats

# From here a text's publisher counts as a voice. Set on probes by hand, see grouping.md.
SURE = 0.7
# In a larger story the mean over all is taken.
_MOST = 500


def certainty(
    groups: Sequence[Sequence[int]], pairs: Pairs, probability: Floats, size: int
) -> Floats:
    """By row; 1 for a row that stands alone. A pair that was not asked about counts as 0."""
    group_of, place = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for number, group in enumerate(groups):
        group_of[group], place[group] = number, np.arange(len(group))
    inside = group_of[pairs[:, 0]] == group_of[pairs[:, 1]]
    pairs, probability = pairs[inside], probability[inside]
    number_of = group_of[pairs[:, 0]]
    order = np.argsort(number_of, kind="stable")
    pairs, probability = place[pairs[order]], probability[order]
    ends = np.searchsorted(number_of[order], np.arange(len(groups) + 1))
    answer = np.ones(size, np.float32)
    for number, group in enumerate(groups):
        if len(group) > 1:
            own = slice(ends[number], ends[number + 1])
            answer[group] = _of_group(len(group), pairs[own], probability[own])
    return answer


def _of_group(size: int, pairs: Pairs, probability: Floats) -> Floats:
    one, other = pairs[:, 0], pairs[:, 1]
    sums = np.bincount(one, probability, size) + np.bincount(other, probability, size)
    means: Floats = (sums / (size - 1)).astype(np.float32)
    if size > _MOST or means.min() >= SURE:
        return means
    table = np.zeros((size, size), np.float32)
    table[one, other] = table[other, one] = probability
    sure = _sure(table)
    if not sure.any():
        return means
    others = sure.sum() - sure
    answer: Floats = (table[:, sure].sum(axis=1) / others).astype(np.float32)
    return answer


def _sure(table: Floats) -> NDArray[np.bool_]:
    """Which rows are left, all sure of one another; none when no two are."""
    left = np.ones(len(table), bool)
    sums = table.sum(axis=1)
    while left.sum() > 1:
        means = np.where(left, sums / (left.sum() - 1), np.inf)
        worst = int(means.argmin())
        if means[worst] >= SURE:
            return left
        left[worst] = False
        sums -= table[worst]
    return np.zeros(len(table), bool)
