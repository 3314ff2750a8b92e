"""What the pair model is trained on: labelled files, each seen against a background of the others.

Besides the story files the initial record takes part as one more file: an event's sources, by
title alone. It is small, but it is about AI, which the others are not. Events of the month of
the recorded news are left out, so that those news stay unseen.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import yaml
from numpy.typing import NDArray

from events.ingestion.group import MORE_NEIGHBORS, by_one_publisher
from events.ingestion.group_model import GroupModel
from events.ingestion.group_pairs import (
    SIGNALS,
    Pairs,
    Window,
    candidate_pairs,
    says_enough,
    term_frequency,
)
from events.ingestion.group_reading import EMBEDDED_CHARS, Item, Reading, cut_texts, read_items
from events.language.background import HASH_SPACE, Background, Floats
from events.language.embedding import DIMENSIONS, pieces, table
from events.management.commands.group_items import item_of
from tests.benchmarks.stories.data import STORY_FILES, Row, story_rows
from tests.benchmarks.stories.training_variants import Variant, bared, variants

EVENTS = Path(__file__).resolve().parents[3] / "events" / "record" / "events"
RECORD = "record"
NEWS_MONTH = "2025-01"
FOLDS, UNITS = 4, 32
# As many as production asks about at most.
TRAINING_NEIGHBORS = MORE_NEIGHBORS
# Look-alikes weigh so much beside the true pairs of their file.
MADE = 0.3


@dataclass
class File:
    """A labelled file; `fold` is its stories' fold, by one drawing of lots."""

    gold: NDArray[np.str_]
    window: Window
    pairs: Pairs
    signals: Floats
    judged: NDArray[np.bool_]  # pairs that say enough to be judged at all
    by_one: NDArray[np.bool_]  # pairs of one publisher
    made: Floats  # signals of pairs made from others
    made_of: Pairs  # the rows that each of them was made from
    made_same: NDArray[np.bool_]
    made_weight: Floats  # beside 1 for a pair of the file
    fold: NDArray[np.int64]

    @property
    def same(self) -> NDArray[np.bool_]:
        answer: NDArray[np.bool_] = self.gold[self.pairs[:, 0]] == self.gold[self.pairs[:, 1]]
        return answer

    def draw_folds(self, seed: int) -> None:
        self.fold = np.array([crc32(f"{seed} {story}".encode()) % FOLDS for story in self.gold])


def prepare(data: Path) -> tuple[dict[str, File], GroupModel]:
    """All files, and a model that only has background."""
    rows = {name: story_rows(data, name) for name in STORY_FILES} | {RECORD: record_rows()}
    items = {name: [item_of(row) for row in rows[name]] for name in rows}
    blank = _blank_model(*_piece_statistics(items))
    readings = {name: read_items(items[name], blank) for name in items}
    everything = sum(
        (term_frequency(file) for file in readings.values()), np.zeros(HASH_SPACE, np.float32)
    )
    size = sum(len(file) for file in readings.values())
    whole = _with_background(blank, size, everything)
    files = {
        name: _prepare_file(
            np.array([row["story"] for row in rows[name]]), items[name], readings[name], whole
        )
        for name in rows
    }
    kept = np.where(everything >= 2, everything, 0)  # what stands once is not worth its bytes
    return files, _with_background(blank, size, kept)


def record_rows() -> list[Row]:
    """The sources of the record as items; one that several events cite belongs to none of them."""
    rows, cited = [], Counter[str]()
    for path in sorted(EVENTS.glob("*.yaml")):
        for event in yaml.safe_load(path.read_text("utf-8")):
            for source in event["sources"]:
                cited[source["url"]] += 1
                rows.append(_source_row(source, event))
    return [
        row for row in rows if cited[row["url"]] == 1 and not row["date"].startswith(NEWS_MONTH)
    ]


def _source_row(source: Row, event: Row) -> Row:
    published = str(source.get("published") or "")
    return {
        "id": source["url"],
        "url": source["url"],
        "title": source["title"],
        "publisher": source["publisher"],
        "published_at": published if len(published) == len("2025-01-20") else None,
        "story": event["id"],
        "date": str(event["date"]),
    }


def _prepare_file(
    gold: NDArray[np.str_], items: list[Item], readings: list[Reading], model: GroupModel
) -> File:
    """The file against a background without it."""
    background = model.background
    window = Window(
        readings,
        _with_background(
            model,
            background.document_count - len(readings),
            background.document_frequency - term_frequency(readings),
        ),
    )
    pairs = candidate_pairs(window, TRAINING_NEIGHBORS)
    signals = window.signals(pairs)
    alike, alike_of = _signals(list(variants(items, gold, pairs)), window)
    bare, bare_of = _signals(list(bared(items, pairs)), window)
    share = MADE * (gold[pairs[:, 0]] == gold[pairs[:, 1]]).sum() / max(1, len(alike))
    return File(
        gold,
        window,
        pairs,
        signals,
        judged=says_enough(signals),
        by_one=by_one_publisher(pairs, [item.publisher for item in items]),
        made=np.concatenate([alike, bare]),
        made_of=np.concatenate([alike_of, bare_of]),
        made_same=np.concatenate(
            [np.zeros(len(alike), bool), gold[bare_of[:, 0]] == gold[bare_of[:, 1]]]
        ),
        made_weight=np.concatenate([np.full(len(alike), share), np.ones(len(bare))]),
        fold=np.zeros(len(gold), np.int64),
    )


def _signals(made: list[Variant], window: Window) -> tuple[Floats, Pairs]:
    """Signals of made pairs that can be judged at all, weighed as their file is, and their rows."""
    texts = [text for pair in made for text in pair[:2]]
    seen = Window(
        read_items(texts, window.model), window.model, window.frequency, window.frequency_of
    )
    signals = seen.signals(np.arange(len(texts)).reshape(-1, 2))
    judged = says_enough(signals)
    return signals[judged], np.array([pair[2:] for pair in made], np.int64).reshape(-1, 2)[judged]


def _with_background(model: GroupModel, size: int, frequency: Floats) -> GroupModel:
    background = dataclasses.replace(
        model.background, document_count=size, document_frequency=frequency
    )
    return dataclasses.replace(model, background=background)


def _blank_model(piece_weights: Floats, center: Floats) -> GroupModel:
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


def _piece_statistics(items: dict[str, list[Item]]) -> tuple[Floats, Floats]:
    """Rarity of each word piece, and the mean vector of the texts."""
    texts = [cut_texts(item) for file in items.values() for item in file]
    encoded = [pieces(f"{title} {body[:EMBEDDED_CHARS]}") for title, body in texts]
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
