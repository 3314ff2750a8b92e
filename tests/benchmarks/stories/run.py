"""Score `manage.py group_items` on labelled story files; print JSON lines.

    make bench-stories DATA=FOLDER

The peer is a TF-IDF baseline, scored in the same run on the same files. Labels are taken out
before the command sees the items. Files that FOLDER lacks are left out of the mean, and said.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Hashable
from pathlib import Path
from statistics import mean

from tests.benchmarks.stories.baseline import baseline_scores
from tests.benchmarks.stories.data import (
    LABELS,
    NEARDUP_FILE,
    STORY_FILES,
    Row,
    score,
    story_rows,
)

MEASURES = ("bcubed_f1", "pair_f1")
# Copies are far nearer to one another than articles on one happening.
COPY_DISTANCES = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
ROOT = Path(__file__).resolve().parents[3]


def main(data: Path) -> None:
    names = [name for name in STORY_FILES if (data / f"{name}.jsonl.gz").exists()]
    if not names:
        sys.exit(f"No story file in {data}: give the folder as DATA=FOLDER.")
    for name in sorted(set(STORY_FILES) - set(names)):
        print(f"{name} is not in {data}: left out.", file=sys.stderr)
    files = {name: story_rows(data, name) for name in names}
    peers = baseline_scores(files)
    items, seconds, scores = 0, 0.0, []
    for name, rows in files.items():
        found, spent = run_group_items(rows)
        items, seconds = items + len(rows), seconds + spent
        scores.append(score([row["story"] for row in rows], found))
        for measure in MEASURES:
            report(f"stories.{name}.{measure}", scores[-1][measure], peers[name][measure])
    for measure in MEASURES:
        peer = mean(peer[measure] for peer in peers.values())
        report(f"stories.mean.{measure}", mean(s[measure] for s in scores), peer)
    if (data / f"{NEARDUP_FILE}.jsonl.gz").exists():
        report_copies(story_rows(data, NEARDUP_FILE))
    report("stories.items_per_s", items / seconds, unit="items/s")
    report(
        "stories.peak_mb", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, unit="MB"
    )


def report_copies(rows: list[Row]) -> None:
    found, _ = run_group_items(rows, "--near-duplicates")
    result = score([row["story"] for row in rows], found)
    peer = baseline_scores({NEARDUP_FILE: rows}, COPY_DISTANCES)[NEARDUP_FILE]
    report("stories.neardup.precision", result["pair_p"], peer["pair_p"])
    report("stories.neardup.recall", result["pair_r"], peer["pair_r"])


def run_group_items(rows: list[Row], *options: str) -> tuple[list[Hashable], float]:
    """Each row's cluster and the seconds the command took, start included."""
    with tempfile.TemporaryDirectory() as folder:
        given, out = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
        with given.open("w", encoding="utf-8") as file:
            for row in rows:
                bare = {key: value for key, value in row.items() if key not in LABELS}
                file.write(json.dumps(bare) + "\n")
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "manage.py", "group_items", str(given), str(out), *options],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        seconds = time.perf_counter() - started
        lines = (json.loads(line) for line in out.read_text("utf-8").splitlines())
        cluster = {line["id"]: line["cluster"] for line in lines}
    # An id of the answer's own kind, so that an item left out stands alone.
    return [cluster.get(row["id"], ("alone", row["id"])) for row in rows], seconds


def report(name: str, value: float, peer: float | None = None, unit: str = "share") -> None:
    line = {"name": name, "value": value, "unit": unit, "peer": peer}
    rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in line.items()}
    print(json.dumps(rounded), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
