"""The story files: read, and scored with B-cubed and pairwise precision, recall and F1."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

STORY_FILES = ("allsides_dated", "allsides_undated", "uci_titles", "ecbplus", "basil")
NEARDUP_FILE = "neardup"
LABELS = ("story", "kind", "event")
Row = dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def story_rows(data: Path, name: str) -> list[Row]:
    return read_rows(data / f"{name}.jsonl.gz")


def score(gold: Sequence[Hashable], found: Sequence[Hashable]) -> dict[str, float]:
    """B-cubed and pairwise precision, recall and F1 of one clustering against another."""
    stories, groups = Counter(gold), Counter(found)
    cells = Counter(zip(gold, found, strict=True))
    size = len(gold)
    b3_p = sum(n * n / groups[group] for (_, group), n in cells.items()) / size
    b3_r = sum(n * n / stories[story] for (story, _), n in cells.items()) / size
    right, proposed, true = _pairs(cells), _pairs(groups), _pairs(stories)
    pair_p = right / proposed if proposed else 1.0
    pair_r = right / true if true else 1.0
    return {
        "bcubed_p": b3_p,
        "bcubed_r": b3_r,
        "bcubed_f1": _f1(b3_p, b3_r),
        "pair_p": pair_p,
        "pair_r": pair_r,
        "pair_f1": _f1(pair_p, pair_r),
    }


def _pairs(counts: Counter[Any]) -> int:
    return sum(n * (n - 1) // 2 for n in counts.values())


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
