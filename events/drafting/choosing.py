"""Weigh the signs of likeness, and say whether one event stands out from all others. Pure.

Two events of one day may both be near a story; the story is then probably neither of them, or
the record cannot tell. So the best one counts for more the further it is ahead of the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from events.language.background import Floats

Flags = NDArray[np.bool_]
# With how many events a story is compared: those with the same words, and some of the same days.
COMPARED, OF_SAME_DAYS = 40, 15
# Log-odds beyond this say no more; at this or below an event is nobody's rival.
_LIMIT, _NO_RIVAL = 8.0, -5.0


@dataclass(frozen=True)
class Weighed:
    """Of each event."""

    alone: Floats  # the probability that it is the same happening, had it been the only one
    score: Floats  # the probability that it, and no other, is
    is_same: Flags


@dataclass(frozen=True)
class Likeness:
    """For pairs without and with time to compare, in this order."""

    weights: Floats  # 2 × signs
    bias: Floats
    standing: Floats  # 2 × (own log-odds, lead over the next, bias)
    enough: Floats  # probability from which an event is said to be the same

    def odds(self, signs: Floats, are_dated: Flags) -> Floats:
        """Log-odds that each event, by itself, is the same happening."""
        row = are_dated.astype(int)
        odds: Floats = (signs * self.weights[row]).sum(axis=1) + self.bias[row]
        return np.clip(odds, -_LIMIT, _LIMIT)

    def weigh(self, signs: Floats, are_dated: Flags) -> Weighed:
        """One row of signs for each event, of which there is at least one."""
        row, odds = are_dated.astype(int), self.odds(signs, are_dated)
        own, lead, bias = self.standing[row].T
        score = chance(own * odds + lead * leads(odds) + bias)
        return Weighed(chance(odds), score, score >= self.enough[row])


def leads(odds: Floats) -> Floats:
    """By how much each is ahead of the best of the others."""
    best = int(np.argmax(odds))
    second = np.delete(odds, best).max(initial=_NO_RIVAL)
    others = np.full(len(odds), odds[best])
    others[best] = second
    ahead: Floats = odds - others
    return ahead


def chance(odds: Floats) -> Floats:
    return (1 / (1 + np.exp(-odds))).astype(np.float32)
