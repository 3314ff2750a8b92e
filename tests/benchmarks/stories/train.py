"""Train the pair model; print its held-out scores; write group_model.npz and background.npz.

    make train-grouping DATA=FOLDER

Cross-validation: every story belongs to one of FOLDS folds. Each file is grouped whole; a pair
is judged by the mean of the two models that did not see its first and its second story, neither
of which saw the pair. Leave one out: a file is grouped by a model that saw only files of other
origin. A file is never its own background. The model that is written is trained on everything.
Pairs made of a file's texts are trained on, unless one of these is held out, and not scored.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from events.ingestion.group import told_again
from events.ingestion.group_linkage import average_linkage
from events.ingestion.group_model import MODEL_FILE, GroupModel, save_model
from events.language.background import BACKGROUND_FILE, Floats, save_background
from tests.benchmarks.stories.data import STORY_FILES, score
from tests.benchmarks.stories.training_data import FOLDS, UNITS, File, prepare

NETWORKS, WEIGHT_DECAY, EPOCHS = 5, 1e-2, 8
# A network sees so many of the pairs, drawn anew.
DRAWN = 0.5
SEEDS = (0, 1)
THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.35)
# Of thresholds that are about as good the highest is taken, because it splits.
AS_GOOD = 0.004
Judge = Callable[[File], Floats]
Scores = dict[str, dict[str, float]]
ByThreshold = dict[float, Scores]


def main(data: Path) -> None:
    started = time.monotonic()
    files, blank = prepare(data)
    rounds = [cross_validate(files, blank, seed) for seed in SEEDS]
    slope, shift = (float(np.mean([r[0][k] for r in rounds])) for k in (0, 1))
    threshold = choose_threshold([found for _, found in rounds])
    for name, group in origins().items():
        seen = {n: file for n, file in files.items() if n not in group}
        model = dataclasses.replace(fit(seen, blank), slope=slope, shift=shift)
        left_out = {n: files[n] for n in group}
        found = scores_of(left_out, judged_by(model), [threshold])
        say("leave one out", threshold, found[threshold], of=name)
    final = fit(files, blank)
    save_background(final.background, BACKGROUND_FILE)
    save_model(
        dataclasses.replace(final, slope=slope, shift=shift, threshold=threshold), MODEL_FILE
    )
    print(json.dumps({"seconds": round(time.monotonic() - started), "threshold": threshold}))


def origins() -> dict[str, list[str]]:
    """Files of one origin, which are left out together."""
    found: dict[str, list[str]] = {}
    for name in STORY_FILES:
        found.setdefault(name.split("_")[0], []).append(name)
    return found


def cross_validate(
    files: dict[str, File], blank: GroupModel, seed: int
) -> tuple[tuple[float, float], ByThreshold]:
    """Calibration, and scores by threshold, for one drawing of folds."""
    for file in files.values():
        file.draw_folds(seed)
    models = [fit(files, blank, without=fold, seed=seed) for fold in range(FOLDS)]
    slope, shift = calibration(files, models)
    models = [dataclasses.replace(model, slope=slope, shift=shift) for model in models]
    found = scores_of(files, held_out(models), THRESHOLDS)
    for threshold in THRESHOLDS:
        say("cross-validated", threshold, found[threshold], seed=seed)
    return (slope, shift), found


def fit(
    files: dict[str, File], blank: GroupModel, without: int | None = None, seed: int = 0
) -> GroupModel:
    """Train the networks on all pairs, or on those that have no story of one fold.

    Each file weighs by the root of its true pairs, so that the largest does not drown the others.
    """
    signals, same, weight = [], [], []
    for file in files.values():
        used = file.judged & (file.fold[file.pairs] != without).all(axis=1)
        signals.append(file.signals[used])
        same.append(file.same[used])
        true = max(1, file.same.sum())
        weight.append(np.full(used.sum(), 1 / np.sqrt(true)))
        shown = (file.fold[file.made_of] != without).all(axis=1)
        signals.append(file.made[shown])
        same.append(file.made_same[shown])
        weight.append(file.made_weight[shown] / np.sqrt(true))
    x, y, share = np.concatenate(signals), np.concatenate(same), np.concatenate(weight)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    scaled = np.clip((x - mean) / scale, -6, 6)
    networks = [_network(scaled, y, share, seed * NETWORKS + n) for n in range(NETWORKS)]
    return dataclasses.replace(
        blank,
        mean=mean.astype(np.float32),
        scale=scale.astype(np.float32),
        hidden=np.array([n.coefs_[0] for n in networks], np.float32),
        hidden_bias=np.array([n.intercepts_[0] for n in networks], np.float32),
        output=np.array([n.coefs_[1][:, 0] for n in networks], np.float32),
        output_bias=np.array([n.intercepts_[1][0] for n in networks], np.float32),
    )


def _network(x: Floats, y: NDArray[np.bool_], share: Floats, seed: int) -> MLPClassifier:
    drawn = np.random.default_rng(seed).choice(len(y), int(len(y) * DRAWN), p=share / share.sum())
    network = MLPClassifier(
        (UNITS,),
        alpha=WEIGHT_DECAY,
        max_iter=EPOCHS,
        batch_size=512,
        learning_rate_init=2e-3,
        random_state=seed,
    )
    return network.fit(x[drawn], y[drawn])


def held_out(models: list[GroupModel]) -> Judge:
    def judge(file: File) -> Floats:
        folds, rows = file.fold[file.pairs], np.arange(len(file.pairs))
        by_model = np.array([model.probability(file.signals) for model in models])
        found = (by_model[folds[:, 0], rows] + by_model[folds[:, 1], rows]) / 2
        return as_judged(file, found)

    return judge


def judged_by(model: GroupModel) -> Judge:
    return lambda file: as_judged(file, model.probability(file.signals))


def as_judged(file: File, probability: Floats) -> Floats:
    """With the rules that stand behind the model."""
    return told_again(np.where(file.judged, probability, 0), file.by_one)


def calibration(files: dict[str, File], models: list[GroupModel]) -> tuple[float, float]:
    """Platt scaling on pairs that each model did not see; files count alike."""
    odds, same, share = [], [], []
    for file in files.values():
        folds = file.fold[file.pairs]
        for fold, model in enumerate(models):
            unseen = (folds == fold).any(axis=1)
            odds.append(_logit(model.probability(file.signals[unseen])))
            same.append(file.same[unseen])
            share.append(np.full(unseen.sum(), 1000 / len(file.pairs)))
    fitted = LogisticRegression(C=1e6).fit(
        np.concatenate(odds)[:, None], np.concatenate(same), np.concatenate(share)
    )
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def scores_of(files: dict[str, File], judge: Judge, thresholds: Sequence[float]) -> ByThreshold:
    found: ByThreshold = {threshold: {} for threshold in thresholds}
    for name, file in files.items():
        probability, size = judge(file), len(file.gold)
        for threshold in thresholds:
            groups = average_linkage(size, file.pairs, probability, threshold)
            labels = {row: label for label, group in enumerate(groups) for row in group}
            found[threshold][name] = score(file.gold.tolist(), [labels[r] for r in range(size)])
    return found


def choose_threshold(rounds: list[ByThreshold]) -> float:
    """The threshold with the best mean of both F1 over the story files."""
    worth = {t: float(np.mean([sum(_means(found[t])) for found in rounds])) for t in THRESHOLDS}
    best = max(worth.values())
    return max(threshold for threshold, value in worth.items() if value >= best - AS_GOOD)


def _means(scores: Scores) -> tuple[float, float]:
    chosen = [scores[name] for name in STORY_FILES if name in scores]
    bcubed = float(np.mean([s["bcubed_f1"] for s in chosen]))
    return bcubed, float(np.mean([s["pair_f1"] for s in chosen]))


def say(how: str, threshold: float, scores: Scores, **more: object) -> None:
    bcubed, pair = _means(scores)
    line = {"how": how, **more, "threshold": threshold}
    line |= {"bcubed_f1": round(bcubed, 4), "pair_f1": round(pair, 4)}
    each = {
        n: [round(s[k], 3) for k in ("bcubed_p", "bcubed_r", "bcubed_f1", "pair_f1")]
        for n, s in scores.items()
    }
    print(json.dumps({**line, **each}), flush=True)


def _logit(probability: Floats) -> Floats:
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    answer: Floats = np.log(p / (1 - p)).astype(np.float32)
    return answer


if __name__ == "__main__":
    main(Path(sys.argv[1]))
