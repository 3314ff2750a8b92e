"""Sparse matrices of hashed terms, a row per text: what signals are made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from events.ingestion.group_reading import Bag
from events.language.background import HASH_SPACE, Floats

Ints = NDArray[np.int64]


def matrix(bags: Sequence[Bag]) -> sparse.csr_array:
    starts = np.zeros(len(bags) + 1, np.int32)
    np.cumsum([len(bag.terms) for bag in bags], out=starts[1:])
    # Small numbers: what is compared for many pairs is copied for each of them.
    terms = np.concatenate([np.zeros(0, np.int64), *(bag.terms for bag in bags)]).astype(np.int32)
    counts = np.concatenate([bag.counts for bag in bags]) if bags else np.zeros(0, np.float32)
    return sparse.csr_array((counts, terms, starts), shape=(len(bags), HASH_SPACE))


def weighted(counts: sparse.csr_array, weight: Floats) -> sparse.csr_array:
    """Dampened counts times the rarity of their terms."""
    damped = counts.copy()
    damped.data = (1 + np.log(damped.data)) * weight[damped.indices]
    return damped


def scaled(binary: sparse.csr_array, weight: Floats) -> sparse.csr_array:
    scaled = binary.copy()
    scaled.data = weight[scaled.indices]
    return scaled


def binary(counts: sparse.csr_array) -> sparse.csr_array:
    binary = counts.copy()
    binary.data = np.ones_like(binary.data)
    return binary


def unit(matrix: sparse.csr_array) -> sparse.csr_array:
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    unit = matrix.copy()
    unit.data = unit.data / np.repeat(lengths, np.diff(unit.indptr))
    return unit


def dot(left: sparse.csr_array, right: sparse.csr_array, one: Ints, other: Ints) -> Floats:
    return np.asarray(left[one].multiply(right[other]).sum(axis=1), np.float32).ravel()
