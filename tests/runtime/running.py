"""A real `make run` under test: its own state folder, its own port, its output line by line."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil

from config.local import BASE_DIR

# What the suite's own services have set for this process.
OF_THE_SUITE = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "LOCAL_STATE")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**variables: str) -> dict[str, str]:
    """This process's environment as a fresh shell would have it, and `variables`."""
    own = {name: value for name, value in os.environ.items() if name not in OF_THE_SUITE}
    return {**own, "ENV_FILE": os.devnull, **variables}


def nginx_command(folder: Path, port: int, web: str, *, more: str = "") -> list[str]:
    """What starts nginx as deploy/nginx.conf says, in front of `web`, its files in `folder`.

    `more` goes into its server block.
    """
    (folder / "cache").mkdir(exist_ok=True)
    text = (BASE_DIR / "deploy" / "nginx.conf").read_text()
    for old, new in {
        "/var/cache/nginx": f"{folder}/cache",
        "/tmp/nginx.pid": f"{folder}/nginx.pid",
        "listen 8080;": f"listen 127.0.0.1:{port};{more}",
        "http://web:8000": web,
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    # Started by root it would serve as nobody, who may not enter a folder of the test's.
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(user + text)
    options = ["-c", f"{folder}/nginx.conf", "-p", str(folder), "-e", f"{folder}/error.log"]
    return ["nginx", *options, "-g", "daemon off;"]


class Run:
    def __init__(self, state: Path) -> None:
        self.state, self.port = state, free_port()
        self.process: subprocess.Popen[str] | None = None
        self.printed: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._pause = threading.Event()

    def variables(self) -> dict[str, str]:
        workers = {"GRANIAN_WORKERS": "1", "WORKER_CONCURRENCY": "1"}
        return environment(LOCAL_STATE=str(self.state), PORT=str(self.port), **workers)

    def start(self) -> None:
        """Start it, unless it runs, and wait for the addresses that are printed last."""
        if self.process and self.process.poll() is None:
            return
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.run"],
            cwd=BASE_DIR,
            env=self.variables(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines = queue.Queue()
        threading.Thread(target=self._read, args=(self.process, self._lines), daemon=True).start()
        self.wait_for("Health  ")

    @staticmethod
    def _read(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
        assert process.stdout
        for line in process.stdout:
            lines.put(line.rstrip())
        lines.put(None)

    def wait_for(self, text: str, seconds: float = 300) -> str:
        """The next line that contains `text`."""
        deadline = time.monotonic() + seconds
        while True:
            line = self._lines.get(timeout=max(0.1, deadline - time.monotonic()))
            assert line is not None, "it ended:\n" + "\n".join(self.printed)
            self.printed.append(line)
            if text in line:
                return line

    def again(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the same command a second time, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "config.run"],
            cwd=BASE_DIR,
            env={**self.variables(), **variables},
            capture_output=True,
            text=True,
            timeout=60,
        )

    def pid(self, name: str) -> int:
        if name == "PostgreSQL":
            return int((self.state / "postgres" / "postmaster.pid").read_text().split()[0])
        if name == "Valkey":
            return int((self.state / "valkey" / "valkey.pid").read_text())
        children = json.loads((self.state / "run.json").read_text())["children"]
        return {child: int(pid) for child, pid, _ in children}[name]

    def health(self) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz") as response:
                return dict(json.load(response))
        except urllib.error.HTTPError as error:
            return dict(json.load(error))
        except OSError as error:
            return {"status": f"no answer: {error}"}

    def wait_until_healthy(self, seconds: float) -> dict[str, Any]:
        """The answer of /healthz once it is "ok", or the last one when time is up."""
        deadline = time.monotonic() + seconds
        while (health := self.health())["status"] != "ok" and time.monotonic() < deadline:
            self._pause.wait(0.2)
        return health

    def signal(self, number: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(number)

    def relatives(self) -> list[str]:
        """Command lines of all processes that came from this run and still live."""
        mine = f"{self.state}"
        found = []
        for process in psutil.process_iter():
            try:
                if process.status() != psutil.STATUS_ZOMBIE and (
                    process.environ().get("LOCAL_STATE") == mine or process.cwd().startswith(mine)
                ):
                    found.append(" ".join(process.cmdline()))
            except psutil.Error:
                continue
        return found

    def wait_until_alone(self, seconds: float) -> list[str]:
        """Wait until no relative is left; return those that stayed too long."""
        deadline = time.monotonic() + seconds
        while (rest := self.relatives()) and time.monotonic() < deadline:
            self._pause.wait(0.1)
        return rest
