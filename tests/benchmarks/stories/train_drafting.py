"""Train what drafting learns from the initial record; print cross-validated scores.

    make train-drafting     # writes drafting_model.npz
    make bench-drafting     # prints the scores only

Every event is judged, from its sources' titles alone, by models and by lore that saw neither it
nor its sources.
"""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from events.drafting.categories import category_signs
from events.drafting.models import MODEL_FILE
from tests.benchmarks.stories.drafting_record import FOLDS, Record, read_record
from tests.benchmarks.stories.run import report
from tests.benchmarks.stories.train_drafting_actors import train_actors
from tests.benchmarks.stories.train_drafting_likeness import train_likeness


def main(*, save: bool) -> None:
    record = read_record()
    fold = np.random.default_rng(0).permutation(len(record.events)) % FOLDS
    actors, proposed = train_actors(record, fold)
    category = train_category(record, fold)
    likeness = train_likeness(record, fold, proposed)
    if save:
        np.savez_compressed(
            MODEL_FILE,
            actor_weights=actors.coef_[0].astype(np.float32),
            actor_bias=np.float32(actors.intercept_[0]),
            categories=category.classes_,
            category_weights=category.coef_.astype(np.float32),
            category_bias=category.intercept_.astype(np.float32),
            likeness_weights=likeness.weights,
            likeness_bias=likeness.bias,
            likeness_standing=likeness.standing,
            likeness_enough=likeness.enough,
        )


def train_category(record: Record, fold: NDArray[np.int64]) -> LogisticRegression:
    x = np.array([category_signs(event.sources) for event in record.events])
    y = np.array([event.category for event in record.events])
    right = 0
    for k in range(FOLDS):
        model = LogisticRegression(C=0.5, max_iter=2000).fit(x[fold != k], y[fold != k])
        right += int((model.predict(x[fold == k]) == y[fold == k]).sum())
    commonest = Counter(y.tolist()).most_common(1)[0][1]
    report("drafting.category.right", right / len(y), commonest / len(y))
    return LogisticRegression(C=0.5, max_iter=2000).fit(x, y)


if __name__ == "__main__":
    main(save="--score" not in sys.argv[1:])
