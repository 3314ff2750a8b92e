"""The servers that are measured, and what measures them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.local import BASE_DIR
from tests.benchmarks.read import peer
from tests.runtime.running import free_port, nginx_command

SCRIPT = Path(__file__).with_name("questions.lua")
DATASETTE = BASE_DIR / ".local" / "bench-venv" / "bin" / "datasette"


@dataclass(frozen=True)
class Measured:
    rate: float
    p50_ms: float
    p95_ms: float
    requests: int
    bytes: int


def ask(base: str, paths: Sequence[str], *, at_once: int, seconds: int, folder: Path) -> Measured:
    """Ask for `paths` in turn, `at_once` at any time. Every answer must be 200."""
    questions = folder / "paths.txt"
    questions.write_text("\n".join(paths) + "\n")
    command = ["wrk", "-t1", f"-c{at_once}", f"-d{seconds}s", "--timeout", "60s", "-s", str(SCRIPT)]
    done = subprocess.run([*command, base, "--", str(questions)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"wrk failed: {done.stderr}")
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer.pop("wrong") == 0, f"not all answers were 200: {done.stdout}"
    return Measured(**answer)


@contextmanager
def server(command: list[str], port: int, path: str, **variables: str) -> Iterator[str]:
    """Run `command` until the block ends; its address, once `path` is answered."""
    base = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        command,
        cwd=BASE_DIR,
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait(base + path, process)
            yield base
        finally:
            process.terminate()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                answer.read()
            return
        except OSError:
            if time.monotonic() > deadline or process.poll() is not None:
                sys.exit(f"{address} does not answer.")
            time.sleep(0.1)


@contextmanager
def web(database_url: str) -> Iterator[str]:
    """The application as `make run` starts it."""
    port = free_port()
    line = next(x for x in (BASE_DIR / "Procfile").read_text().splitlines() if x.startswith("web:"))
    _, *arguments = line.removeprefix("web:").split()
    variables = {
        "DATABASE_URL": database_url,
        "GRANIAN_PORT": str(port),
        "GRANIAN_WORKERS": str(min(os.cpu_count() or 1, 4)),
        "GRANIAN_BLOCKING_THREADS": "4",
        "LOG_LEVEL": "ERROR",
    }
    with server([sys.executable, *arguments], port, "/", **variables) as base:
        for _ in range(20):  # each process has read its columns
            with urllib.request.urlopen(base + "/", timeout=60) as answer:
                answer.read()
        yield base


@contextmanager
def datasette(folder: Path) -> Iterator[str]:
    if not DATASETTE.exists():
        sys.exit(f"Datasette is not installed: make bench-read installs it ({DATASETTE}).")
    port = free_port()
    command = peer.command(str(DATASETTE), folder / "events.db", folder / "events.json", port)
    with server(command, port, "/events") as base:
        yield base


@contextmanager
def nginx(web: str, page: bytes, folder: Path) -> Iterator[str]:
    """deploy/nginx.conf in front of `web`, and beside it `page` as a file at /disk/page."""
    port = free_port()
    (folder / "disk").mkdir(exist_ok=True)
    (folder / "disk" / "page").write_bytes(page)
    if not shutil.which("nginx"):
        sys.exit("nginx is not installed.")
    command = nginx_command(folder, port, web, more=f"location /disk/ {{ root {folder}; }}")
    with server(command, port, "/disk/page") as base:
        yield base
