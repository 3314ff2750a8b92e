"""Average linkage over a sparse table of pair probabilities.

Two groups are joined while the mean probability over all pairs between them exceeds the
threshold; a pair that was not asked about counts as 0. So one strong pair cannot chain two
stories together: splitting is preferred to merging.
"""

from __future__ import annotations

import heapq

from events.ingestion.group_pairs import Pairs
from events.language.background import Floats

# Pairs below this add nothing that could carry a mean over the threshold.
_FLOOR = 0.02


def average_linkage(
    size: int, pairs: Pairs, probability: Floats, threshold: float
) -> list[list[int]]:
    """Groups of row numbers, each ascending, ordered by their first row."""
    linkage = _Linkage(size, threshold)
    strong = probability >= _FLOOR
    for (i, j), p in zip(pairs[strong].tolist(), probability[strong].tolist(), strict=True):
        linkage.sums[i][j] = linkage.sums[j][i] = p
    linkage.run()
    return sorted(sorted(group) for group in linkage.groups if group)


class _Linkage:
    def __init__(self, size: int, threshold: float) -> None:
        self.threshold = threshold
        self.groups: list[list[int]] = [[row] for row in range(size)]
        # Of each group: the sum of probabilities between it and each other group.
        self.sums: list[dict[int, float]] = [{} for _ in range(size)]
        self.queue: list[tuple[float, int, int, int, int]] = []

    def run(self) -> None:
        for i in range(len(self.groups)):
            self._offer(i, [k for k in self.sums[i] if k > i])
        while self.queue:
            _, i, j, size_i, size_j = heapq.heappop(self.queue)
            # A group that has grown since has made a new offer.
            if len(self.groups[i]) == size_i and len(self.groups[j]) == size_j:
                if len(self.sums[i]) < len(self.sums[j]):
                    i, j = j, i
                self._join(i, j)
                self._offer(i, list(self.sums[i]))

    def _join(self, i: int, j: int) -> None:
        """Let group i take over group j and its sums."""
        self.groups[i] += self.groups[j]
        self.groups[j] = []
        mine, theirs = self.sums[i], self.sums[j]
        del mine[j]
        for k, total in theirs.items():
            if k != i:
                del self.sums[k][j]
                mine[k] = self.sums[k][i] = mine.get(k, 0.0) + total
        self.sums[j] = {}

    def _offer(self, i: int, others: list[int]) -> None:
        size = len(self.groups[i])
        for k in others:
            other_size = len(self.groups[k])
            mean = self.sums[i][k] / (size * other_size)
            if mean > self.threshold:
                heapq.heappush(self.queue, (-mean, i, k, size, other_size))
