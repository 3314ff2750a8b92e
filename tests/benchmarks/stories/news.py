"""Score relevance, grouping and counts of publishers on recorded, labelled news; JSON lines.

    make bench-news DATA=FOLDER   # holds entries.jsonl and labels.jsonl

`news.relevance.held_out.*`: a day is judged by a model of the record and of the other days, so
that it is honest on the very days that the shipped model was trained on. The grouping saw none
of these news. The peers are a list of words for relevance and the TF-IDF baseline for grouping.
Entries marked borderline are left out of the scores, but take part in the grouping.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from events.ingestion.group import Grouping, group_items
from events.ingestion.group_certainty import SURE
from events.ingestion.relevance import CORE, load_relevance_model, relevance_signals
from events.language.background import Floats
from events.management.commands.group_items import item_of
from tests.benchmarks.stories.baseline import baseline_scores
from tests.benchmarks.stories.data import Row, read_rows, score
from tests.benchmarks.stories.run import report
from tests.benchmarks.stories.train_relevance import WEIGHTS, fit, record_texts

THRESHOLD = 0.5  # the default of the admin's rule
MEASURES = ("bcubed_p", "bcubed_r", "bcubed_f1", "pair_f1")


def main(data: Path) -> None:
    labels = {row["id"]: row for row in read_rows(data / "labels.jsonl")}
    entries = [
        {**row, "url": row["link"], **labels[row["id"]]}
        for row in read_rows(data / "entries.jsonl")
    ]
    report_relevance(entries)
    report_stories(entries)


def report_relevance(entries: list[Row]) -> None:
    signals = relevance_signals([(e["title"], e["summary"] or "") for e in entries])
    strict = np.array([not e.get("borderline") for e in entries])
    topic = np.array([e["topic"] for e in entries])
    by_words = np.array(
        [bool(CORE.search(f"{e['title']} {e['summary']}".lower())) for e in entries]
    )
    peer = _precision_recall(by_words[strict], topic[strict])
    model = load_relevance_model()
    shipped = 1 / (1 + np.exp(-(signals @ model.weights + model.bias))) >= THRESHOLD
    unseen = _by_day(entries, signals, topic) >= THRESHOLD
    for name, said in (("", shipped), ("held_out.", unseen)):
        found = _precision_recall(said[strict], topic[strict])
        for measure, value, other in zip(("precision", "recall"), found, peer, strict=True):
            report(f"news.relevance.{name}{measure}", value, other)


def _by_day(entries: list[Row], signals: Floats, topic: NDArray[np.bool_]) -> Floats:
    """Probability of each entry by a model that saw nothing of its day."""
    record = relevance_signals(record_texts())
    day = np.array([entry["source_day"] for entry in entries])
    found = np.zeros(len(entries), np.float32)
    for held_out in sorted(set(day)):
        seen = day != held_out
        x = np.concatenate([record, signals[seen]])
        y = np.concatenate([np.ones(len(record), bool), topic[seen]])
        weight = np.concatenate(
            [np.full(len(record), WEIGHTS["record"]), np.full(seen.sum(), WEIGHTS["news"])]
        )
        found[~seen] = fit(x, y, weight).predict_proba(signals[~seen])[:, 1]
    return found


def _precision_recall(said: NDArray[np.bool_], true: NDArray[np.bool_]) -> tuple[float, float]:
    right = float((said & true).sum())
    return right / max(1, said.sum()), right / max(1, true.sum())


def report_stories(entries: list[Row]) -> None:
    grouping = group_items([item_of(entry) for entry in entries])
    cluster = {row: number for number, group in enumerate(grouping.stories) for row in group}
    told = [row for row, e in enumerate(entries) if e["story"] and not e.get("borderline")]
    found = score([entries[row]["story"] for row in told], [cluster[row] for row in told])
    peer = baseline_scores({"news": [entries[row] for row in told]})["news"]
    for measure in MEASURES:
        report(f"news.stories.{measure}", found[measure], peer[measure])
    claims = list(publisher_claims(entries, grouping))
    several = [claim for claim in claims if claim[0] > 1]
    report("news.publishers.counted", len(several), unit="stories")
    report("news.publishers.wrong", sum(said > true for said, true in several), unit="stories")
    report("news.publishers.too_few", sum(said < true for said, true in claims), unit="stories")


def publisher_claims(entries: list[Row], grouping: Grouping) -> Iterator[tuple[int, int]]:
    """For each story on the topic: how many publishers it claims, and how many it could.

    The first as production counts them. The second are those who tell, in texts of their own,
    of the happening that most of the story's entries tell of. To claim fewer is no falsehood.
    """
    for group in grouping.stories:
        originals = [row for row in group if grouping.copy_of[row] is None]
        sure = [row for row in originals if grouping.score[row] >= SURE]
        if told := Counter(_happenings(entries, group)):
            main_one = told.most_common(1)[0][0]
            true = {
                entries[row]["publisher"]
                for row in originals
                if main_one in _happenings(entries, [row]) or entries[row].get("borderline")
            }
            yield max(1, len({entries[row]["publisher"] for row in sure})), len(true)


def _happenings(entries: list[Row], rows: list[int]) -> list[str]:
    return [
        story
        for row in rows
        for story in (entries[row]["story"], *(entries[row].get("also") or ()))
        if story
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
