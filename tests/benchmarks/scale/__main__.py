"""Placing and re-clustering with 10,000, 100,000 and 1,000,000 sources stored.

    make bench-grouping-scale            KEEP=1 keeps the database for the next run

Sources per second are per core: the processor time of the worker and of the database's process
that serves it, together.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from config import local

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
SIZES = tuple(int(n) for n in os.environ.get("SIZES", "10000 100000 1000000").split())
PLACED, WARM, SINGLE = 600, 120, 100
STATE = local.BASE_DIR / ".local" / "bench-grouping"


def main() -> None:
    from tests.benchmarks.scale.fill import Archive  # noqa: PLC0415 - after django.setup()

    archive = Archive(NOW)
    cost: dict[int, float] = {}
    peak = 0.0
    for size in SIZES:
        grow(archive, size)
        placed = measure_placing(archive, size)
        cost[size] = placed["cpu_seconds"]
        regrouped = worker("regroup", NOW.isoformat())
        say(f"recluster_{min(size, 20_000)}_s", regrouped["cpu_seconds"], "s")
        peak = max(peak, placed["peak_mb"], regrouped["peak_mb"])
    say("growth", cost[SIZES[-1]] / cost[SIZES[0]], "ratio")
    say("peak_mb", peak, "MB")


def grow(archive: Any, size: int) -> None:
    from events.models import Fingerprint  # noqa: PLC0415

    stored = Fingerprint.objects.filter(source__lte=SIZES[-1]).count()
    if stored < size:
        archive.fill(stored + 1, size)


def measure_placing(archive: Any, size: int) -> dict[str, Any]:
    from events.ingestion.placing import HANDFUL  # noqa: PLC0415 - as production places them
    from tests.benchmarks.scale.fill import fresh  # noqa: PLC0415

    texts = fresh(WARM + PLACED + WARM + SINGLE, archive.newest, seed=size + os.getpid())
    ids = [str(pk) for pk in archive.arrive(texts)]
    many, single = ids[: WARM + PLACED], ids[WARM + PLACED :]
    placed = worker("place", str(HANDFUL), str(WARM), *many)
    taken = sorted(worker("place", "1", str(WARM), *single)["taken"])
    say(f"sources_per_s_at_{size}", PLACED / placed["cpu_seconds"], "1/s")
    say(f"sources_per_s_wall_at_{size}", PLACED / placed["seconds"], "1/s")
    say(f"arrival_to_story_p50_ms_at_{size}", taken[len(taken) // 2] * 1000, "ms")
    say(f"arrival_to_story_p95_ms_at_{size}", taken[len(taken) * 95 // 100] * 1000, "ms")
    return placed


def worker(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.scale.worker", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=local.BASE_DIR)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def say(name: str, value: float, unit: str) -> None:
    line = {"name": f"grouping.{name}", "value": round(value, 3), "unit": unit, "peer": None}
    print(json.dumps(line), flush=True)


def run() -> None:
    import django  # noqa: PLC0415 - settings need the services

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    main()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("LOCAL_STATE", str(STATE))
    os.environ["ENV_FILE"] = os.devnull
    Path(os.environ["LOCAL_STATE"]).mkdir(parents=True, exist_ok=True)
    with local.environment():
        run()
    if not os.environ.get("KEEP"):
        shutil.rmtree(STATE, ignore_errors=True)
