"""Score `manage.py group_items` on labelled story files; print JSON lines.

    make bench-stories DATA=FOLDER

Labels are taken out before the command sees the items. Files that FOLDER lacks are left out of
the mean, and said.
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

from tests.benchmarks.stories.data import (
    LABELS,
    NEARDUP_FILE,
    STORY_FILES,
    Row,
    score,
    story_rows,
)

ROOT = Path(__file__).resolve().parents[3]


def main(data: Path) -> None:
    names = [name for name in STORY_FILES if (data / f"{name}.jsonl.gz").exists()]
    if not names:
        sys.exit(f"No story file in {data}: give the folder as DATA=FOLDER.")
    for name in sorted(set(STORY_FILES) - set(names)):
        print(f"{name} is not in {data}: left out.", file=sys.stderr)
    items, seconds, scores = 0, 0.0, []
    for name in names:
        rows = story_rows(data, name)
        found, spent = run_group_items(rows)
        items, seconds = items + len(rows), seconds + spent
        scores.append(score([row["story"] for row in rows], found))
        for measure in ("bcubed_f1", "pair_f1"):
            report(f"stories.{name}.{measure}", scores[-1][measure])
    for measure in ("bcubed_f1", "pair_f1"):
        report(f"stories.mean.{measure}", sum(s[measure] for s in scores) / len(scores))
    if (data / f"{NEARDUP_FILE}.jsonl.gz").exists():
        rows = story_rows(data, NEARDUP_FILE)
        found, _ = run_group_items(rows, "--near-duplicates")
        result = score([row["story"] for row in rows], found)
        report("stories.neardup.precision", result["pair_p"])
        report("stories.neardup.recall", result["pair_r"])
    report("stories.items_per_s", items / seconds)
    report("stories.peak_mb", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)


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


def report(metric: str, value: float) -> None:
    print(json.dumps({"metric": metric, "value": round(value, 4)}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
