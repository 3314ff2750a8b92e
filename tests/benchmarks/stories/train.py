"""Train the pair model; print its cross-validated scores; write group_model.npz.

    make train-grouping DATA=FOLDER

Every story belongs to one of two halves. Each file is grouped whole; a pair within one half is
judged by a model trained on the other half, a pair across by the mean of both: no label of a
story takes part in judging it. A file is never its own background.
The model that is written is trained on all stories.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from events.ingestion.group import link
from events.ingestion.group_model import MODEL_FILE, GroupModel, save_model
from events.ingestion.group_pairs import (
    SIGNALS,
    Pairs,
    Window,
    candidate_pairs,
    says_enough,
    term_frequency,
)
from events.ingestion.group_reading import EMBEDDED_CHARS, Reading, cut_texts, read_items
from events.language.background import (
    BACKGROUND_FILE,
    HASH_SPACE,
    Background,
    Floats,
    save_background,
)
from events.language.embedding import DIMENSIONS, pieces, table
from events.management.commands.group_items import item_of
from tests.benchmarks.stories.data import STORY_FILES, score, story_rows

UNITS, NETWORKS, WEIGHT_DECAY, EPOCHS = 32, 5, 1e-3, 10
# As many as production asks about at most, nearly.
TRAINING_NEIGHBORS = 120
THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)


@dataclass
class File:
    """A story file, seen against a background of the others."""

    gold: NDArray[np.str_]
    half: NDArray[np.int64]
    window: Window
    pairs: Pairs

    def same(self, pairs: Pairs) -> NDArray[np.bool_]:
        answer: NDArray[np.bool_] = self.gold[pairs[:, 0]] == self.gold[pairs[:, 1]]
        return answer

    def within(self, half: int) -> Pairs:
        halves = self.half[self.pairs]
        inside: Pairs = self.pairs[(halves == half).all(axis=1)]
        return inside


def main(data: Path) -> None:
    started = time.monotonic()
    files, blank = prepare(data)
    models = [fit(files, (1 - half,), blank) for half in (0, 1)]
    models = calibrated(files, models)
    threshold = choose_threshold(files, models)
    report_calibration(files, models)
    slope = float(np.mean([model.slope for model in models]))
    shift = float(np.mean([model.shift for model in models]))
    final = fit(files, (0, 1), blank)
    save_background(final.background, BACKGROUND_FILE)
    save_model(
        dataclasses.replace(final, slope=slope, shift=shift, threshold=threshold), MODEL_FILE
    )
    print(json.dumps({"seconds": round(time.monotonic() - started), "threshold": threshold}))


def prepare(data: Path) -> tuple[dict[str, File], GroupModel]:
    """All files, and a model that only has background."""
    rows = {name: story_rows(data, name) for name in STORY_FILES}
    items = {name: [item_of(row) for row in rows[name]] for name in rows}
    weights, center = piece_statistics(
        [cut_texts(item) for file in items.values() for item in file]
    )
    blank = blank_model(weights, center)
    readings = {name: read_items(items[name], blank) for name in items}
    everything = sum(
        (term_frequency(file) for file in readings.values()), np.zeros(HASH_SPACE, np.float32)
    )
    size = sum(len(file) for file in readings.values())
    background = dataclasses.replace(
        blank.background, document_count=size, document_frequency=everything
    )
    files = {
        name: prepare_file(
            [row["story"] for row in rows[name]],
            readings[name],
            dataclasses.replace(blank, background=background),
        )
        for name in rows
    }
    kept = np.where(everything >= 2, everything, 0)  # what stands once is not worth its bytes
    background = dataclasses.replace(background, document_frequency=kept)
    return files, dataclasses.replace(blank, background=background)


def prepare_file(gold: list[str], readings: list[Reading], model: GroupModel) -> File:
    half = np.array([crc32(story.encode()) % 2 for story in gold])
    window = Window(readings, less(model, readings))
    return File(np.array(gold), half, window, candidate_pairs(window, TRAINING_NEIGHBORS))


def less(model: GroupModel, readings: list[Reading]) -> GroupModel:
    """The model with a background without these texts."""
    background = model.background
    return dataclasses.replace(
        model,
        background=dataclasses.replace(
            background,
            document_count=background.document_count - len(readings),
            document_frequency=background.document_frequency - term_frequency(readings),
        ),
    )


def blank_model(piece_weights: Floats, center: Floats) -> GroupModel:
    return GroupModel(
        background=Background(0, np.zeros(HASH_SPACE, np.float32), piece_weights, center),
        signal_names=SIGNALS,
        mean=np.zeros(len(SIGNALS), np.float32),
        scale=np.ones(len(SIGNALS), np.float32),
        hidden=np.zeros((0, len(SIGNALS), UNITS), np.float32),
        hidden_bias=np.zeros((0, UNITS), np.float32),
        output=np.zeros((0, UNITS), np.float32),
        output_bias=np.zeros(0, np.float32),
        slope=1.0,
        shift=0.0,
        threshold=0.3,
    )


def piece_statistics(texts: list[tuple[str, str]]) -> tuple[Floats, Floats]:
    """Rarity of each word piece, and the mean vector of the texts."""
    encoded = pieces([f"{title} {body[:EMBEDDED_CHARS]}" for title, body in texts])
    counts = Counter(piece for ids in encoded for piece in set(ids))
    frequency = np.zeros(len(table()), np.float32)
    for piece, count in counts.items():
        frequency[piece] = count
    weights = np.maximum(np.log((len(texts) + 1) / (frequency + 0.5)), 0).astype(np.float32)
    total, rows = np.zeros(DIMENSIONS, np.float32), table()
    for ids in encoded:
        unique, times = np.unique(np.array(ids, np.int64), return_counts=True)
        share = weights[unique] * (1 + np.log(times))
        total += share @ rows[unique] / max(float(share.sum()), 1e-6)
    return weights, (total / len(texts)).astype(np.float32)


def fit(files: dict[str, File], halves: tuple[int, ...], blank: GroupModel) -> GroupModel:
    """Train the networks on pairs within the given halves, or on all pairs when both are given.

    Each file weighs by the root of its true pairs, so that the largest does not drown the others.
    """
    signals, same, weight = [], [], []
    for file in files.values():
        pairs = file.pairs if len(halves) == 2 else file.within(halves[0])
        found = file.window.signals(pairs)
        pairs, found = pairs[says_enough(found)], found[says_enough(found)]
        signals.append(found)
        same.append(file.same(pairs))
        weight.append(np.full(len(pairs), 1 / np.sqrt(max(1, file.same(file.pairs).sum()))))
    x, y, share = np.concatenate(signals), np.concatenate(same), np.concatenate(weight)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    scaled = np.clip((x - mean) / scale, -6, 6)
    networks = []
    for seed in range(NETWORKS):
        chance = np.random.default_rng(seed)
        drawn = chance.choice(len(y), len(y), p=share / share.sum())
        network = MLPClassifier(
            (UNITS,),
            alpha=WEIGHT_DECAY,
            max_iter=EPOCHS,
            batch_size=512,
            learning_rate_init=2e-3,
            random_state=seed,
        )
        networks.append(network.fit(scaled[drawn], y[drawn]))
    return dataclasses.replace(
        blank,
        mean=mean.astype(np.float32),
        scale=scale.astype(np.float32),
        hidden=np.array([n.coefs_[0] for n in networks], np.float32),
        hidden_bias=np.array([n.intercepts_[0] for n in networks], np.float32),
        output=np.array([n.coefs_[1][:, 0] for n in networks], np.float32),
        output_bias=np.array([n.intercepts_[1][0] for n in networks], np.float32),
    )


def judge(file: File, models: list[GroupModel], pairs: Pairs) -> Floats:
    """Probability of each pair by no model that saw either story. models[h] did not see half h."""
    halves = file.half[pairs]
    signals = file.window.signals(pairs)
    by_first, by_second = (model.probability(signals) for model in models)
    mixed: Floats = np.where(halves[:, 0] != halves[:, 1], (by_first + by_second) / 2, by_second)
    judged = np.where((halves == 0).all(axis=1), by_first, mixed)
    return np.where(says_enough(signals), judged, 0)


def calibrated(files: dict[str, File], models: list[GroupModel]) -> list[GroupModel]:
    """Platt scaling of each model on the half it did not see; files count alike."""
    answer = []
    for half, model in enumerate(models):
        odds, same, share = [], [], []
        for file in files.values():
            pairs = file.within(half)
            odds.append(_logit(model.probability(file.window.signals(pairs))))
            same.append(file.same(pairs))
            share.append(np.full(len(pairs), 1000 / len(pairs)))
        fitted = LogisticRegression(C=1e6).fit(
            np.concatenate(odds)[:, None], np.concatenate(same), np.concatenate(share)
        )
        slope, shift = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
        answer.append(dataclasses.replace(model, slope=slope, shift=shift))
    return answer


def choose_threshold(files: dict[str, File], models: list[GroupModel]) -> float:
    """The threshold with the best mean of both F1; of near-equals the higher, which splits."""
    worth = {}
    for threshold in THRESHOLDS:
        scores = {}
        for name, file in files.items():
            groups = cross_validated_groups(file, models, threshold)
            labels = {row: label for label, group in enumerate(groups) for row in group}
            scores[name] = score(file.gold.tolist(), [labels[r] for r in range(len(file.gold))])
        bcubed = float(np.mean([s["bcubed_f1"] for s in scores.values()]))
        pair = float(np.mean([s["pair_f1"] for s in scores.values()]))
        worth[threshold] = bcubed + pair
        line = {"threshold": threshold, "bcubed_f1": round(bcubed, 4), "pair_f1": round(pair, 4)}
        each = {n: [round(s["bcubed_f1"], 3), round(s["pair_f1"], 3)] for n, s in scores.items()}
        print(json.dumps({"cross_validated": True, **line, **each}), flush=True)
    best = max(worth.values())
    return max(threshold for threshold, value in worth.items() if value >= best - 0.004)


def cross_validated_groups(
    file: File, models: list[GroupModel], threshold: float
) -> list[list[int]]:
    return link(file.window, lambda pairs: judge(file, models, pairs), threshold).groups


def report_calibration(files: dict[str, File], models: list[GroupModel]) -> None:
    """Expected calibration error over ten bins."""
    errors = {}
    for name, file in files.items():
        pairs = candidate_pairs(file.window)
        p, same = judge(file, models, pairs), file.same(pairs)
        bins = np.minimum((p * 10).astype(int), 9)
        gaps = [
            abs(p[bins == b].mean() - same[bins == b].mean()) * (bins == b).mean()
            for b in range(10)
            if (bins == b).any()
        ]
        errors[name] = round(float(sum(gaps)), 4)
    print(json.dumps({"expected_calibration_error": errors}))


def _logit(probability: Floats) -> Floats:
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    answer: Floats = np.log(p / (1 - p)).astype(np.float32)
    return answer


if __name__ == "__main__":
    main(Path(sys.argv[1]))
