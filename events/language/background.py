"""How common words and word pieces are in news at large: what makes a shared word telling.

`background.npz` holds hashed counts and nothing that could be read back as text. It is written
by tests/benchmarks/stories/train.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from events.language import cjk
from events.language.embedding import DIMENSIONS, embed

HASH_SPACE = 1 << 20
BACKGROUND_FILE = Path(__file__).with_name("background.npz")
# What a window that is still empty believes about words weighs like so many texts.
BACKGROUND_TEXTS = 2000

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Background:
    document_count: int
    document_frequency: Floats  # of hashed terms, in HASH_SPACE
    piece_weights: Floats
    center: Floats  # mean vector of the texts

    def term_weight(self, frequency: Floats | None = None, document_count: int = 0) -> Floats:
        """How rare each hashed term is, in a window and in the background together.

        The background counts as so many texts of the window, however many it was made of.
        """
        share = BACKGROUND_TEXTS / max(1, self.document_count)
        known = share * self.document_frequency + (0 if frequency is None else frequency)
        total = document_count + share * self.document_count
        weight: Floats = np.maximum(np.log((total + 1) / (known + 0.5)), 0).astype(np.float32)
        return weight

    def embed(self, texts: list[str]) -> Floats:
        """Vectors of length 1 in which rare pieces weigh more."""
        vectors = [_vector(self, text) for text in texts]
        return np.array(vectors, np.float32).reshape(len(texts), DIMENSIONS)


@lru_cache(maxsize=500)
def _vector(background: Background, text: str) -> Floats:
    """Kept for a while: what a text tells of and whether it is relevant are asked one by one."""
    return embed(text, background.piece_weights, background.center)


def hash_term(term: str) -> int:
    return crc32(term.encode()) % HASH_SPACE


@cache
def load_background(path: Path = BACKGROUND_FILE) -> Background:
    with np.load(path, allow_pickle=False) as file:
        frequency = np.zeros(HASH_SPACE, np.float32)
        frequency[file["terms"]] = file["counts"]
        size = int(file["document_count"])
        common = [hash_term(term) for term in cjk.common_terms()]
        frequency[common] = np.maximum(frequency[common], cjk.COMMON_SHARE * size)
        return Background(
            document_count=size,
            document_frequency=frequency,
            piece_weights=file["piece_weights"].astype(np.float32),
            center=file["center"],
        )


def save_background(background: Background, path: Path) -> None:
    terms = np.flatnonzero(background.document_frequency).astype(np.int32)
    np.savez_compressed(
        path,
        document_count=background.document_count,
        terms=terms,
        counts=background.document_frequency[terms].astype(np.uint16),
        piece_weights=background.piece_weights.astype(np.float16),
        center=background.center,
    )
