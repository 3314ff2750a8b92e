"""Signals between two texts, and which pairs are worth asking about.

Everything is computed for many pairs at once, on sparse matrices of hashed terms. A term
weighs by how rare it is in the background of the model and in the window together. How many
texts a group holds is no signal: it would learn the habits of a data set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from events.ingestion.group_matrices import Ints, binary, dot, matrix, scaled, unit, weighted
from events.ingestion.group_model import GroupModel
from events.ingestion.group_reading import Reading
from events.language.background import HASH_SPACE, Floats
from events.language.embedding import DIMENSIONS

Pairs = NDArray[np.int64]  # n × 2, row numbers

# Publication times jitter (time zones, round-ups, late editions): nearer than this is "at once".
SAME_TIME_HOURS = 36.0
# Beyond this two texts are never asked about.
WINDOW_HOURS = 24.0 * 10
NEIGHBORS = 30
VECTOR_NEIGHBORS = 12
_MIN_COSINE = 0.05
# Rarity, in the signal's scale, below which a shared term tells nothing.
TELLING = 0.3
FEWEST_WORDS = 4
SERIES_BODY_COSINE = 0.05
UNTITLED_BODY_COSINE = 0.3
BARE_TITLE_COSINE = 0.2
TELLING_NAME = 0.45
# Boilerplate: cosine of bodies, under titles with less in common than this, and whose weight
# stands in the other text to less than this.
BOILERPLATE = ((0.3, 0.05, 0.2), (0.5, 0.3, 0.4))
_BLOCK = 400

_SIGNALS = """
full title body grams names vector title_in_body_most title_in_body_least covered_most
covered_least shared_weight shared_rarest shared_count title_shared_weight title_shared_rarest
names_weight names_rarest numbers_weight numbers_differ undated days_apart title_words_least
title_words_most body_words_least body_words_most stranger_least stranger_most
"""
SIGNALS = tuple(_SIGNALS.split())


@dataclass
class Window:
    """Readings as matrices; `frequency` counts in how many texts of the window a term stands."""

    readings: Sequence[Reading]
    model: GroupModel
    frequency: Floats | None = None  # None: count these readings themselves
    frequency_of: int = 0
    known_weight: Floats | None = None  # what frequency makes of it, where that is known
    weight: Floats = field(init=False)
    full: sparse.csr_array = field(init=False)

    def __post_init__(self) -> None:
        readings = self.readings
        self.counts = {
            "title": matrix([r.title for r in readings]),
            "body": matrix([r.body for r in readings]),
            "names": matrix([r.names for r in readings]),
            "numbers": matrix([r.numbers for r in readings]),
            "grams": matrix([r.grams for r in readings]),
        }
        full = self.counts["title"] * 2 + self.counts["body"]
        if self.frequency is None:
            self.frequency = term_frequency(readings)
            self.frequency_of = len(readings)
        self.weight = (
            self.model.background.term_weight(self.frequency, self.frequency_of)
            if self.known_weight is None
            else self.known_weight
        )
        self.full = unit(weighted(full, self.weight))
        self.unit = {
            name: unit(weighted(self.counts[name], self.weight))
            for name in ("title", "body", "names", "grams")
        }
        self.has = {name: binary(self.counts[name]) for name in ("title", "names", "numbers")}
        self.has["full"] = binary(full)
        self.vectors = np.array([r.vector for r in readings], np.float32).reshape(-1, DIMENSIONS)
        self.hours = np.array([r.hours for r in readings])
        self.lengths = np.log1p(
            np.array([(r.title_words, r.body_words) for r in readings], np.float32)
        ).reshape(len(readings), 2)

    def signals(self, pairs: Pairs) -> Floats:
        """One row per pair, columns as in SIGNALS."""
        one, other = pairs[:, 0], pairs[:, 1]
        columns = {
            "full": dot(self.full, self.full, one, other),
            "vector": np.einsum("ij,ij->i", self.vectors[one], self.vectors[other]),
            **{name: dot(held, held, one, other) for name, held in self.unit.items()},
            **self._title_in_body(one, other),
            **self._strangers(one, other),
            **self._shared(one, other),
            **self._named(one, other),
            **self._apart(one, other),
            **self._sizes(one, other),
        }
        table: Floats = np.column_stack([columns[name] for name in SIGNALS]).astype(np.float32)
        return table

    def _title_in_body(self, one: Ints, other: Ints) -> dict[str, Floats]:
        title, body = self.unit["title"], self.unit["body"]
        there, back = dot(title, body, one, other), dot(title, body, other, one)
        weights = scaled(self.has["title"], self.weight)
        total = np.asarray(weights.sum(axis=1)).ravel() + 1e-6
        full = self.has["full"]
        covered = dot(weights, full, one, other) / total[one]
        covers = dot(weights, full, other, one) / total[other]
        return {
            "title_in_body_most": np.maximum(there, back),
            "title_in_body_least": np.minimum(there, back),
            "covered_most": np.maximum(covered, covers),
            "covered_least": np.minimum(covered, covers),
        }

    def _strangers(self, one: Ints, other: Ints) -> dict[str, Floats]:
        """How rare about the rarest term of each title is that the other text does not know.

        Two titles that each have one tell of two makers, or in two ways of one.
        """
        steep, has = scaled(self.has["title"], self.weight**4), self.has["full"]
        total = np.asarray(steep.sum(axis=1)).ravel()
        here, there = (
            np.maximum(total[a] - dot(steep, has, a, b), 0) ** 0.25 / 10
            for a, b in ((one, other), (other, one))
        )
        return {
            "stranger_least": np.minimum(here, there),
            "stranger_most": np.maximum(here, there),
        }

    def _shared(self, one: Ints, other: Ints) -> dict[str, Floats]:
        weight, rarest, count = self._overlap("full", one, other)
        title_weight, title_rarest, _ = self._overlap("title", one, other)
        return {
            "shared_weight": np.log1p(weight),
            "shared_rarest": rarest / 10,
            "shared_count": np.log1p(count),
            "title_shared_weight": np.log1p(title_weight),
            "title_shared_rarest": title_rarest / 10,
        }

    def _named(self, one: Ints, other: Ints) -> dict[str, Floats]:
        weight, rarest, _ = self._overlap("names", one, other)
        number_weight, _, count = self._overlap("numbers", one, other)
        figures = np.diff(self.has["numbers"].indptr)
        differ = (figures[one] > 0) & (figures[other] > 0) & (count == 0)
        return {
            "names_weight": np.log1p(weight),
            "names_rarest": rarest / 10,
            "numbers_weight": np.log1p(number_weight),
            "numbers_differ": differ.astype(np.float32),
        }

    def _overlap(self, name: str, one: Ints, other: Ints) -> tuple[Floats, Floats, Floats]:
        """Weight, rarest and number of the terms that both have."""
        has = self.has[name]
        shared = has[one].multiply(has[other]).tocsr()
        count = np.diff(shared.indptr)
        values = self.weight[shared.indices]
        if not len(values):
            return tuple(np.zeros(len(one), np.float32) for _ in range(3))  # type: ignore[return-value]
        edges = np.minimum(shared.indptr[:-1], len(values) - 1)
        empty = count == 0
        weight = np.where(empty, 0, np.add.reduceat(values, edges))
        rarest = np.where(empty, 0, np.maximum.reduceat(values, edges))
        return weight, rarest, count.astype(np.float32)

    def _apart(self, one: Ints, other: Ints) -> dict[str, Floats]:
        hours = np.abs(self.hours[one] - self.hours[other])
        undated = np.isnan(hours)
        days = np.clip((np.where(undated, 0, hours) - SAME_TIME_HOURS) / 24, 0, 7) / 7
        return {"undated": undated.astype(np.float32), "days_apart": days.astype(np.float32)}

    def _sizes(self, one: Ints, other: Ints) -> dict[str, Floats]:
        least = np.minimum(self.lengths[one], self.lengths[other])
        most = np.maximum(self.lengths[one], self.lengths[other])
        return {
            "title_words_least": least[:, 0],
            "title_words_most": most[:, 0],
            "body_words_least": least[:, 1],
            "body_words_most": most[:, 1],
        }


def says_enough(signals: Floats) -> NDArray[np.bool_]:
    """Which pairs can be judged at all: precision comes first, so the others are held apart.

    A pair must share a telling term; both texts must say more than a few words; under a title
    as short as a series' ("Morning briefing") the bodies must have something in common; and
    bodies that are alike under titles that are not share a feed's boilerplate, not a happening.
    Headlines alone that share no name must share more than a word or two ("releases a model"),
    and so must a headline alone and a report.
    """
    column = {name: signals[:, number] for number, name in enumerate(SIGNALS)}
    shares = column["shared_rarest"] >= TELLING
    title, body = np.expm1(column["title_words_least"]), np.expm1(column["body_words_least"])
    long_enough = title + body >= FEWEST_WORDS
    is_untitled = column["title_words_most"] == 0
    alike = np.where(is_untitled, UNTITLED_BODY_COSINE, SERIES_BODY_COSINE)
    is_series = (title < FEWEST_WORDS) & (body > 0) & (column["body"] < alike)
    is_boilerplate = np.zeros(len(signals), bool)
    for same, title_most, covered_most in BOILERPLATE:
        unlike = (column["title"] < title_most) & (column["covered_most"] < covered_most)
        is_boilerplate |= (column["body"] >= same) & unlike
    is_bare = (column["body_words_most"] == 0) & (column["names"] == 0)
    # Beside a report a bare headline must name what tells, which "AI" does not.
    is_half_bare = (body == 0) & (column["body_words_most"] > 0)
    is_bare |= is_half_bare & (column["names_rarest"] < TELLING_NAME)
    is_vague = is_bare & (column["title"] < BARE_TITLE_COSINE)
    answer: NDArray[np.bool_] = shares & long_enough & ~is_series & ~is_boilerplate & ~is_vague
    return answer


def term_frequency(readings: Sequence[Reading]) -> Floats:
    """In how many of the readings each hashed term stands (title or body, name, number, gram)."""
    frequency = np.zeros(HASH_SPACE, np.float32)
    for reading in readings:
        frequency[np.union1d(reading.title.terms, reading.body.terms)] += 1
        for bag in (reading.names, reading.numbers, reading.grams):
            frequency[bag.terms] += 1
    return frequency


def candidate_pairs(window: Window, neighbors: int = NEIGHBORS, rows: Ints | None = None) -> Pairs:
    """Pairs near enough by words or by vector, within the window of time; each once, i < j."""
    size = len(window.readings)
    if size < 2:
        return np.zeros((0, 2), np.int64)
    words = _pruned(window.full, size)
    wanted = np.arange(size) if rows is None else rows
    found = [np.zeros((0, 2), np.int64)]
    for start in range(0, len(wanted), _BLOCK):
        own = wanted[start : start + _BLOCK]
        by_word = (words[own] @ words.T).toarray()
        by_vector = window.vectors[own] @ window.vectors.T
        far = np.abs(window.hours[own, None] - window.hours[None, :]) > WINDOW_HOURS
        for scores in (by_word, by_vector):
            scores[np.arange(len(own)), own] = -1
            scores[far] = -1
        found.append(_best(by_word, neighbors, own))
        found.append(_best(by_vector, VECTOR_NEIGHBORS, own))
    pairs = np.concatenate(found)
    pairs.sort(axis=1)
    codes = np.unique(pairs[:, 0] * size + pairs[:, 1])
    return np.column_stack([codes // size, codes % size])


def without(pairs: Pairs, known: Pairs, size: int) -> Pairs:
    """Those of `pairs` that are not among `known`."""
    codes = np.setdiff1d(pairs[:, 0] * size + pairs[:, 1], known[:, 0] * size + known[:, 1])
    return np.column_stack([codes // size, codes % size])


def _best(scores: Floats, count: int, own: Ints) -> Pairs:
    count = min(count, scores.shape[1] - 1)
    best = np.argpartition(-scores, count - 1, axis=1)[:, :count]
    rows = np.repeat(np.arange(len(scores)), count)
    columns = best.ravel()
    keep = scores[rows, columns] > _MIN_COSINE
    return np.column_stack([own[rows[keep]], columns[keep]]).astype(np.int64)


def _pruned(matrix: sparse.csr_array, size: int) -> sparse.csr_array:
    """Without the terms of every tenth text: they make products slow and candidates vague."""
    matrix = matrix.copy()
    share = np.bincount(matrix.indices, minlength=HASH_SPACE) > max(20, size / 10)
    matrix.data[share[matrix.indices]] = 0
    matrix.eliminate_zeros()
    return matrix
