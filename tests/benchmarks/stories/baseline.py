"""The peer that grouping is measured against: TF-IDF cosine and average linkage, by scikit-learn.

Title and what text there is, words and pairs of words, one threshold for all files. The
threshold is the one that does best over the files it is scored on, so the peer is flattered.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.feature_extraction.text import TfidfVectorizer

from tests.benchmarks.stories.data import Row, score

DISTANCES = (0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
WINDOW_HOURS = 24 * 10
_TEXT_CHARS = 1500


def baseline_scores(
    files: dict[str, list[Row]], distances: Sequence[float] = DISTANCES
) -> dict[str, dict[str, float]]:
    """Scores per file at the distance with the best mean of both F1."""
    found = {name: _by_distance(rows, distances) for name, rows in files.items()}

    def worth(number: int) -> float:
        return sum(s[number]["bcubed_f1"] + s[number]["pair_f1"] for s in found.values())

    best = max(range(len(distances)), key=worth)
    return {name: scores[best] for name, scores in found.items()}


def _by_distance(rows: list[Row], distances: Sequence[float]) -> list[dict[str, float]]:
    tree = linkage(_distances(rows), "average")
    gold = [row["story"] for row in rows]
    return [score(gold, fcluster(tree, cut, "distance").tolist()) for cut in distances]


def _distances(rows: list[Row]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Condensed; texts further apart in time than the window are as far as can be."""
    vectors = TfidfVectorizer(
        stop_words="english", ngram_range=(1, 2), sublinear_tf=True, max_features=200_000
    ).fit_transform([_text(row) for row in rows])
    apart = 1 - np.asarray((vectors @ vectors.T).todense(), np.float32)
    hours = _hours([row.get("published_at") for row in rows])
    apart[np.abs(hours[:, None] - hours[None, :]) > WINDOW_HOURS] = 1
    return np.clip(apart[np.triu_indices(len(rows), 1)], 0, 1).astype(np.float64)


def _hours(times: Sequence[str | None]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    seconds = [np.datetime64(at.removesuffix("Z"), "s") if at else None for at in times]
    return np.array(
        [np.nan if s is None else s.astype(np.int64) / 3600 for s in seconds], np.float32
    )


def _text(row: Row) -> str:
    body = row.get("text") or row.get("summary") or ""
    return f"{row['title']} {row['title']} {body[:_TEXT_CHARS]}"
