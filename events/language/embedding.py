"""Static word-piece embeddings: one vector a text, from wordllama's table in its wheel.

Nothing is fetched: tokenizer and weights are read from the installed package. What a piece
weighs in the average is the caller's.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import wordllama
from numpy.typing import NDArray

DIMENSIONS = 256
MAX_PIECES = 400


@cache
def _model() -> Any:
    folder = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
    model.tokenizer.no_padding()
    model.tokenizer.enable_truncation(MAX_PIECES)
    return model


def table() -> NDArray[np.float32]:
    """One row per piece."""
    rows: NDArray[np.float32] = _model().embedding
    return rows


def pieces(text: str) -> list[int]:
    """Piece numbers of the text, without the mark of its beginning."""
    ids: list[int] = _model().tokenizer.encode_batch_fast([text])[0].ids
    return ids[1:]


def embed(
    text: str, weights: NDArray[np.float32], center: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Weighted mean of the text's pieces, less `center`, at length 1; of no piece: zeros."""
    ids = pieces(text)
    if not ids:
        return np.zeros(DIMENSIONS, np.float32)
    unique, counts = np.unique(np.array(ids), return_counts=True)
    share = weights[unique] * (1 + np.log(counts))
    vector = share @ table()[unique] / max(float(share.sum()), 1e-6) - center
    answer: NDArray[np.float32] = vector / max(float(np.linalg.norm(vector)), 1e-6)
    return answer.astype(np.float32)
