"""One worker of the benchmark: a process of its own, so that its memory and time are its alone.

python -m tests.benchmarks.scale.worker place HANDFUL WARM ID...   or   regroup TIME
"""

from __future__ import annotations

import json
import resource
import sys
import time

import django


def main(command: str, *arguments: str) -> None:
    from config.celery import collect_garbage_seldom  # noqa: PLC0415 - as a worker is set up

    django.setup()
    collect_garbage_seldom()
    print(json.dumps(place(*arguments) if command == "place" else regroup(*arguments)))


def place(handful: str, warm: str, *ids: str) -> dict[str, object]:
    """Place the sources, so many at once; the first few only warm the worker up."""
    from events.ingestion.placing import place_sources  # noqa: PLC0415 - after django.setup()

    size, sources = int(handful), [int(pk) for pk in ids]
    place_sources(sources[: int(warm)])
    taken, began, cpu = [], time.perf_counter(), cpu_seconds()
    for start in range(int(warm), len(sources), size):
        before = time.perf_counter()
        place_sources(sources[start : start + size])
        taken.append(time.perf_counter() - before)
    return report(began, cpu) | {"taken": taken}


def regroup(now: str) -> dict[str, object]:
    import datetime  # noqa: PLC0415

    from events.ingestion.regrouping import regroup_stories  # noqa: PLC0415

    began, cpu = time.perf_counter(), cpu_seconds()
    moved = regroup_stories(datetime.datetime.fromisoformat(now))
    return report(began, cpu) | {"moved": moved}


def cpu_seconds() -> float:
    """Of this process and of the database's process that serves it."""
    import psutil  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = psutil.Process(cursor.fetchone()[0]).cpu_times()
    return float(time.process_time() + server.user + server.system)


def report(began: float, cpu: float) -> dict[str, object]:
    return {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": cpu_seconds() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
