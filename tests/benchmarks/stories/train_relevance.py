"""Train the relevance model; print its cross-validated scores; write relevance_model.npz.

    make train-relevance DATA=FOLDER   # holds stories/ and news/

Relevant: titles and summaries of the record, and titles of its sources. Not relevant: general
news of the story labelled news entries. A day of these is judged by a model that saw none of it.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from events.ingestion.relevance import CORE, HARDWARE, MODEL_FILE, relevance_signals
from events.language.background import Floats
from tests.benchmarks.stories.data import STORY_FILES, read_rows, story_rows
from tests.benchmarks.stories.training_data import NEWS_MONTH

RECORD = Path(__file__).resolve().parents[3] / "events" / "record"
PENALTY = 0.1
# A labelled entry of real feeds is worth more than a title of the record or of old news.
WEIGHTS = {"record": 0.3, "stories": 0.2, "news": 3.0}
PER_FILE = 700
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.6)
Text = tuple[str, str]


def main(data: Path) -> None:
    entries = read_rows(data / "news" / "entries.jsonl")
    labels = {row["id"]: row for row in read_rows(data / "news" / "labels.jsonl")}
    topic = np.array([labels[entry["id"]]["topic"] for entry in entries])
    strict = np.array([not labels[entry["id"]].get("borderline") for entry in entries])
    day = np.array([entry["source_day"] for entry in entries])
    record, stories = record_texts(), story_texts(data / "stories")
    x = relevance_signals([*record, *stories, *((e["title"], e["summary"] or "") for e in entries)])
    y = np.concatenate([np.ones(len(record), bool), np.zeros(len(stories), bool), topic])
    sizes = {"record": len(record), "stories": len(stories), "news": len(entries)}
    weight = np.concatenate([np.full(size, WEIGHTS[name]) for name, size in sizes.items()])
    report("without any news", fit(x[: -len(entries)], y[: -len(entries)]), x, topic, strict)
    probability = np.zeros(len(entries), np.float32)
    day_of = np.concatenate([np.full(len(y) - len(entries), ""), day])
    for held_out in sorted(set(day)):
        seen = day_of != held_out
        model = fit(x[seen], y[seen], weight[seen])
        probability[day == held_out] = model.predict_proba(x[day_of == held_out])[:, 1]
    say("by day", probability, topic, strict)
    final = fit(x, y, weight)
    np.savez_compressed(
        MODEL_FILE, weights=final.coef_[0].astype(np.float32), bias=np.float32(final.intercept_[0])
    )


def fit(x: Floats, y: NDArray[np.bool_], weight: Floats | None = None) -> LogisticRegression:
    return LogisticRegression(C=PENALTY, max_iter=1000).fit(x, y, sample_weight=weight)


def report(
    name: str,
    model: LogisticRegression,
    x: Floats,
    topic: NDArray[np.bool_],
    strict: NDArray[np.bool_],
) -> None:
    say(name, model.predict_proba(x[-len(topic) :])[:, 1], topic, strict)


def say(
    name: str, probability: Floats, topic: NDArray[np.bool_], strict: NDArray[np.bool_]
) -> None:
    """Precision and recall, borderline entries left out."""
    for threshold in THRESHOLDS:
        said = (probability >= threshold) & strict
        right = float((said & topic).sum())
        line = {
            "threshold": threshold,
            "precision": round(right / max(1, said.sum()), 3),
            "recall": round(right / (topic & strict).sum(), 3),
        }
        print(json.dumps({"relevance": name, **line}))


def record_texts() -> list[Text]:
    """Titles and summaries of events; the month of the recorded news stays unseen."""
    texts = []
    for path in sorted((RECORD / "events").glob("*.yaml")):
        for event in yaml.safe_load(path.read_text("utf-8")):
            if str(event["date"]).startswith(NEWS_MONTH):
                continue
            texts.append((event["title"], event["summary"]))
            texts += [(source["title"], "") for source in event["sources"]]
    return texts


def story_texts(data: Path) -> list[Text]:
    """General news; what names AI or chips is left out, because nobody labelled it."""
    texts = []
    for name in STORY_FILES:
        rows = story_rows(data, name)
        random.Random(1).shuffle(rows)
        texts += [(row["title"], row["summary"] or "") for row in rows[:PER_FILE]]
    return [(t, s) for t, s in texts if not _names_ai(t + s)]


def _names_ai(text: str) -> bool:
    lower = text.lower()
    return bool(CORE.search(lower) or HARDWARE.search(lower))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
