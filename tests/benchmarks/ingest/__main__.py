"""`make bench-ingest`: our worker and `reader`, alternating, on one loopback server.

Ours is the real worker with two processes, PostgreSQL, and everything through identification.
The headline is over 300 feeds of which every second one has validators; the same 300 all with and
all without are told apart from it.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

from config import local
from tests.benchmarks.ingest.feeds import FEEDS

ROOT = Path(__file__).resolve().parents[3]
PEER = ROOT / ".local" / "bench-venv" / "bin" / "python"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
COUNT = int(os.environ.get("BENCH_FEEDS", str(FEEDS)))
SPACING = 0.5
# Name of the set, and which feeds have validators.
SETS = {"": (0, 1), "_with_validators": (0, 0), "_without_validators": (1, 1)}
KINDS = ("v", "n")


def say(name: str, value: float, unit: str, peer: float | None = None, **more: Any) -> None:
    line = {"name": f"ingest.{name}", "value": round(value, 2), "unit": unit}
    line["peer"] = None if peer is None else round(peer, 2)
    print(json.dumps(line | more), flush=True)


def addresses(base: str, kinds: Sequence[int]) -> list[str]:
    return [f"{base}/{KINDS[kinds[number % 2]]}/{number}.xml" for number in range(COUNT)]


def reader(urls: Sequence[str], folder: str, name: str, turn: str) -> dict[str, Any]:
    done = subprocess.run(
        [str(PEER), str(ROOT / "tests/benchmarks/ingest/peer.py"), folder, f"feeds{name}", turn],
        input="\n".join(urls),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(f"reader failed: {done.stderr[-500:]}")
    return dict(json.loads(done.stdout))


class Contest:
    """Rates of both, by what was measured: first poll and re-poll of each set of feeds."""

    def __init__(self, base: str, ours: Any) -> None:
        self.base = base
        self.ours = ours
        self.rates: dict[tuple[str, str, str], list[float]] = {}
        self.reader_peak = 0.0

    def round(self, name: str, *, ours_first: bool) -> None:
        urls = addresses(self.base, SETS[name])
        self.ours.prepare(urls)
        with tempfile.TemporaryDirectory() as folder:
            for turn in ("first", "again"):
                contestants = [self._ours, self._reader]
                for contestant in contestants if ours_first else reversed(contestants):
                    contestant(urls, folder, name, turn)

    def _ours(self, urls: Sequence[str], folder: str, name: str, turn: str) -> None:
        seconds, entries = self.ours.round()
        self._note("ours", name, turn, entries, seconds)

    def _reader(self, urls: Sequence[str], folder: str, name: str, turn: str) -> None:
        theirs = reader(urls, folder, name, turn)
        self.reader_peak = max(self.reader_peak, theirs["peak_mb"])
        self._note("reader", name, turn, theirs["entries"], theirs["seconds"])

    def _note(self, who: str, name: str, turn: str, entries: int, seconds: float) -> None:
        amount = entries if turn == "first" else COUNT
        self.rates.setdefault((who, name, turn), []).append(amount / seconds)

    def tell(self) -> None:
        for name in SETS:
            for turn, poll, unit in (
                ("first", "first_poll", "entries/s"),
                ("again", "repoll", "feeds/s"),
            ):
                mine = statistics.median(self.rates["ours", name, turn])
                other = statistics.median(self.rates["reader", name, turn])
                say(f"{poll}{name}", mine, unit, other)
                say(f"{poll}{name}_vs_reader", mine / other, "times", 1)
        say("peak_mb", self.ours.peak, "MB of one process", self.reader_peak)
        say("reader_peak_mb", self.reader_peak, "MB of one process")


def smallest_gap(base: str) -> None:
    """What the server saw of the time between two requests to one host."""
    from tests.benchmarks.ingest.ours import Ours  # noqa: PLC0415 - after django.setup()
    from tests.benchmarks.ingest.server import HOSTS  # noqa: PLC0415 - beside it

    os.environ["HOST_SPACING"] = str(SPACING)
    port = base.rpartition(":")[2]
    urls = [f"http://{HOSTS[n % len(HOSTS)]}:{port}/v/{n}.xml" for n in range(30)]
    began = _log(base)
    with ExitStack() as running:
        Ours(running, urls)
    times: dict[str, list[float]] = {}
    for host, at in _log(base)[len(began) :]:
        times.setdefault(host, []).append(at)
    gaps = [b - a for seen in times.values() for a, b in pairwise(seen)]
    say("smallest_gap_per_host", min(gaps), "s", spacing=SPACING, requests=len(gaps) + len(times))


def _log(base: str) -> list[tuple[str, float]]:
    with urllib.request.urlopen(f"{base}/log") as answer:
        return list(json.load(answer))


def main() -> None:
    if not PEER.exists():
        sys.exit(f"reader is not installed: make bench-ingest installs it ({PEER} is missing).")
    os.environ["LOCAL_STATE"] = str(ROOT / ".local" / "bench")
    with ExitStack() as stack:
        stack.enter_context(local.environment())
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.ingest.server"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(server.wait)
        stack.callback(server.kill)
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        base = f"http://127.0.0.1:{port}"
        os.environ["FETCH_ALLOW"] = ",".join(f"127.0.0.{n}:{port}" for n in range(1, 6))
        os.environ["HOST_SPACING"] = "0"
        os.environ["LOG_LEVEL"] = "ERROR"
        _set_up()
        from tests.benchmarks.ingest.ours import Ours  # noqa: PLC0415 - after django.setup()

        with ExitStack() as running:
            contest = Contest(base, Ours(running, addresses(base, SETS[""])[-60:]))
            for number in range(ROUNDS):
                for name in SETS:
                    contest.round(name, ours_first=number % 2 == 0)
            contest.tell()
        smallest_gap(base)


def _set_up() -> None:
    import django  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    importlib.import_module("config.celery").app.set_default()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main()
