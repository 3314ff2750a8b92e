"""`make bench-read`: the faceted, searched page at 1,000 and 100,000 events, beside its peers.

Datasette serves the same rows from SQLite with the same search and facets; nginx serves the bytes
of our page from disk. Both run here, in the same minutes. Nothing caches a page of ours unless a
line says so: every question is asked once. The web keeps columns of the edition in memory, the
matches of the last 64 searches, and the last few thousand dates and summaries.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import random
import statistics
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from config import local
from config.local import BASE_DIR

SIZES = (1_000, int(os.environ.get("BENCH_EVENTS", "100000")))
SECONDS = int(os.environ.get("BENCH_SECONDS", "15"))
AT_ONCE = 4
STATE = BASE_DIR / ".local" / "bench-read"


def say(name: str, value: float, unit: str, peer: float | None = None, **more: object) -> None:
    line = {"name": name, "value": round(value, 3), "unit": unit}
    print(json.dumps({**line, "peer": peer and round(peer, 3), **more}), flush=True)


def database(size: int) -> str:
    """The address of a database with `size` events, kept from run to run while nothing changed."""
    from django.core.management import call_command  # noqa: PLC0415 - after django.setup()
    from django.db import connection  # noqa: PLC0415

    from tests.benchmarks.read.fill import fill  # noqa: PLC0415

    digest = hashlib.sha256(Path(__file__).with_name("fill.py").read_bytes())
    for path in sorted((BASE_DIR / "events" / "migrations").glob("0*")):
        digest.update(path.read_bytes())
    name = f"read_{size}_{digest.hexdigest()[:8]}"
    url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        known = cursor.fetchone()
        if not known:
            cursor.execute(f"CREATE DATABASE {name}_new")
    use(url if known else f"{url}_new")
    if not known:
        print(f"Writing {size} events …", file=sys.stderr)
        call_command("migrate", verbosity=0)
        fill(size)
        use(os.environ["DATABASE_URL"])
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
        use(url)
    return url


def use(url: str) -> None:
    from django.db import connection  # noqa: PLC0415

    connection.close()
    connection.settings_dict["NAME"] = urlsplit(url).path.removeprefix("/")


def full_pages(count: int) -> list[str]:
    """Questions that fill a page at any size: a frequent word, half of the categories."""
    from tests.benchmarks.read.fill import CATEGORIES  # noqa: PLC0415

    words = ("openai", "model", "china", "open", "chips", "billion", "first", "google")
    combinations = [",".join(half) for half in itertools.combinations(sorted(CATEGORIES), 6)]
    chosen = random.Random(1).sample(combinations, count // len(words))
    return [f"/?q={word}&category={half}" for half in chosen for word in words]


def queries(paths: list[str]) -> int:
    """The most queries that any of the pages needs."""
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client, most = Client(), 0
    client.get("/")
    for path in paths:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        most = max(most, len(asked))
    return most


def measure(folder: Path) -> None:
    from tests.benchmarks.read import peer, running  # noqa: PLC0415
    from tests.benchmarks.read.questions import questions  # noqa: PLC0415

    full: dict[int, running.Measured] = {}
    mixed: dict[int, running.Measured] = {}
    for size in SIZES:
        url = database(size)
        asked = questions(min(size, 6_000), seed=1)
        paths = [question.ours for question in asked]
        say("read.queries", queries(["/", *paths[:100]]), "queries of a page at most", events=size)
        with running.web(url) as base:
            mixed[size] = running.ask(base, paths, at_once=1, seconds=SECONDS, folder=folder)
            full[size] = running.ask(
                base, full_pages(2_000), at_once=1, seconds=SECONDS, folder=folder
            )
        say("read.p50", mixed[size].p50_ms, "ms", events=size, questions="as readers ask")
        say("read.p50", full[size].p50_ms, "ms", events=size, questions="40 events found")
    small, large = SIZES
    growth = full[large].p50_ms / full[small].p50_ms
    say("read.p50_growth", growth, "times", questions="40 events found")
    growth = mixed[large].p50_ms / mixed[small].p50_ms
    say("read.p50_growth", growth, "times", questions="as readers ask, fewer found of fewer")
    peer.export(folder / "events.db")
    peer.metadata(folder / "events.json")
    against_datasette(url, [q.ours for q in asked], [q.datasette for q in asked], folder)
    behind_nginx(url, folder)


def against_datasette(url: str, ours: list[str], theirs: list[str], folder: Path) -> None:
    from tests.benchmarks.read import running  # noqa: PLC0415

    with running.web(url) as base:
        cold = running.ask(base, ours, at_once=AT_ONCE, seconds=SECONDS, folder=folder)
        again = running.ask(base, ours[:50], at_once=AT_ONCE, seconds=SECONDS, folder=folder)
    with running.datasette(folder) as base:
        peer = running.ask(base, theirs, at_once=AT_ONCE, seconds=2 * SECONDS, folder=folder)
    say("read.faceted_rps", cold.rate, "requests/s", peer.rate, cache="none: each asked once")
    say("read.faceted_rps_again", again.rate, "requests/s", peer.rate, cache="50 questions again")
    say("read.faceted_p95", cold.p95_ms, "ms", peer.p95_ms, at_once=AT_ONCE)
    say("read.faceted_vs_datasette", cold.rate / peer.rate, "times", 1)


def behind_nginx(url: str, folder: Path) -> None:
    """The front page from nginx's cache, and the same bytes from its disk, in turns."""
    from urllib.request import urlopen  # noqa: PLC0415

    from tests.benchmarks.read import running  # noqa: PLC0415

    with ExitStack() as stack:
        base = stack.enter_context(running.web(url))
        with urlopen(base + "/") as answer:
            page = answer.read()
        front = stack.enter_context(running.nginx(base, page, folder))
        rates: dict[str, list[float]] = {"/": [], "/disk/page": []}
        for _, path in itertools.product(range(3), rates):
            measured = running.ask(front, [path], at_once=32, seconds=4, folder=folder)
            rates[path].append(measured.rate)
    cached, disk = (statistics.median(each) for each in rates.values())
    say("read.cached_rps", cached, "requests/s", disk, bytes=len(page))
    say("read.cached_vs_nginx_disk", cached / disk, "times", 1)


def main() -> None:
    STATE.mkdir(parents=True, exist_ok=True)
    os.environ["LOCAL_STATE"] = str(STATE)
    os.environ["ENV_FILE"] = os.devnull
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with local.environment():
        import django  # noqa: PLC0415 - settings need the services

        django.setup()
        from config.prepare import collect_static  # noqa: PLC0415

        collect_static()
        measure(STATE)


if __name__ == "__main__":
    main()
