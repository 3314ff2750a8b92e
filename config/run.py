"""`make run`: services, database, web, worker and beat of this checkout, until Ctrl-C.

python -m config.run        honours HOST, PORT, WEB_WORKERS and the variables of .env.example
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

import psutil

from config import embedded, local
from config.embedded import LocalServiceError
from config.progress import step
from config.supervisor import BASE_DIR, GaveUp, Server, Supervisor

HEALTHY_SECONDS = 60


class Refused(Exception):
    """The stack cannot be started; the message is one sentence."""


class Stop(BaseException):
    """Somebody asked us to stop."""


def stop_on_signals() -> None:
    """Let the first INT, TERM or HUP raise Stop; later ones do not disturb the stopping."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def on_signal(number: int, frame: FrameType | None) -> NoReturn:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise Stop

    for each in signals:
        signal.signal(each, on_signal)


# Before anything starts


def address() -> tuple[str, int]:
    """HOST and PORT, checked to be ours to listen on."""
    host, port_text = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port_text.isdecimal() or not 0 < int(port_text) < 65536:
        raise Refused(f"PORT={port_text} is not a port: use a number from 1 to 65535.")
    port = int(port_text)
    try:
        family, kind, _, _, name = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(name)
    except OSError as error:
        raise Refused(_why_not(host, port, error)) from None
    return host, port


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken; choose another: make run PORT={port + 1}"
    if error.errno == errno.EACCES:
        return f"Port {port} needs root; choose one above 1023: make run PORT=8000"
    return f"HOST={host} is not an address of this machine."


@contextmanager
def only_run(state: Path) -> Iterator[Path]:
    """Hold the right to run in this checkout; yield the file that says what is running."""
    note = state / "run.json"
    with (state / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with suppress(OSError, ValueError):
                running = json.loads(note.read_text())
                where = f"{running['url']} (process {running['pid']})"
                raise Refused(
                    f"This checkout runs already at {where}; stop that with Ctrl-C."
                ) from None
            raise Refused("This checkout is being started already.") from None
        clear_leftovers(note)
        try:
            yield note
        finally:
            note.unlink(missing_ok=True)


def clear_leftovers(note: Path) -> None:
    """Kill what a killed `make run` has left, if the pid still belongs to that process."""
    with suppress(OSError, ValueError):
        left = []
        for name, pid, created in json.loads(note.read_text())["children"]:
            with suppress(psutil.Error):
                process = psutil.Process(pid)
                if process.create_time() == created:
                    left.append(name)
                    with suppress(ProcessLookupError):
                        os.killpg(pid, signal.SIGKILL)
                    process.wait(5)
        if left:
            print(f"Stopped what a killed run had left: {', '.join(left)}.", flush=True)


# While it runs


def prepare() -> None:
    """Bring the database up to date in a process of its own; stop it if we are stopped."""
    process = subprocess.Popen(
        [sys.executable, "-m", "config.prepare", "--local"], cwd=BASE_DIR, start_new_session=True
    )
    try:
        code = process.wait()
    except Stop:
        process.kill()
        process.wait()
        raise
    if code:
        raise Refused("The database could not be prepared (see above); nothing was started.")


def servers(state: Path, started: set[str]) -> list[Server]:
    """The embedded servers to watch: those whose address nobody gave us."""
    both = {
        "DATABASE_URL": Server(
            "PostgreSQL",
            lambda: embedded.postgres_pid(state),
            lambda: embedded.start_postgres(state),
        ),
        "REDIS_URL": Server(
            "Valkey", lambda: embedded.valkey_pid(state), lambda: embedded.start_valkey(state)
        ),
    }
    return [server for name, server in both.items() if name in started]


class Announcement:
    """Waits beside the main loop for a healthy site, then has the addresses printed, once."""

    def __init__(self, url: str, say: Callable[[str], None]) -> None:
        self.url, self.say = url, say
        self._started = time.monotonic()
        self._healthy = threading.Event()
        self._complained = False
        self._done = False
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        while not self._healthy.is_set():
            with suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                self._healthy.set()
            time.sleep(0.5)

    def look(self) -> None:
        waited = time.monotonic() - self._started
        if self._done:
            return
        if self._healthy.is_set():
            self._done = True
            self.say(f"Healthy after {waited:.1f} s. Ctrl-C stops everything.")
            self.say(f"Timeline  {self.url}/")
            self.say(f"Admin     {self.url}/admin/  (name and password: .local/moderator)")
            self.say(f"Health    {self.url}/healthz")
        elif waited > HEALTHY_SECONDS and not self._complained:
            self._complained = True
            self.say(f"Not healthy after {HEALTHY_SECONDS} s; see {self.url}/healthz.")


def write_note(note: Path, url: str, supervisor: Supervisor) -> None:
    """Keep what is running for the next `make run`: whole at any moment, also for a reader."""
    children = []
    for child in supervisor.children:
        with suppress(psutil.Error):
            if child.process:
                created = psutil.Process(child.process.pid).create_time()
                children.append([child.name, child.process.pid, created])
    text = json.dumps({"pid": os.getpid(), "url": url, "children": children})
    if text != note.read_text():
        draft = note.with_suffix(".new")
        draft.write_text(text)
        draft.replace(note)


def set_defaults(state: Path, host: str, port: int, url: str) -> None:
    cores = os.cpu_count() or 1
    defaults = {
        "GRANIAN_WORKERS": str(min(cores, 4)),
        "GRANIAN_BLOCKING_THREADS": "4",
        "SITE_URL": url,
        "PYTHONUNBUFFERED": "1",
        # Ctrl-C must not wait for a long poll: Celery's soft shutdown instead of the warm one.
        "REMAP_SIGTERM": "SIGQUIT",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    os.environ.update({"GRANIAN_HOST": host, "GRANIAN_PORT": str(port)})
    counters = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(state / "metrics")))
    # Counters of an earlier run would be added to those of this one.
    for file in counters.glob("*.db"):
        file.unlink()


def main() -> None:
    stop_on_signals()
    local.read_env_file()
    with ExitStack() as stack:
        state = local.state_dir()
        note = stack.enter_context(only_run(state))
        host, port = address()
        reachable = {"0.0.0.0": "localhost", "::": "localhost", "127.0.0.1": "localhost"}
        url = f"http://{reachable.get(host, f'[{host}]' if ':' in host else host)}:{port}"
        note.write_text(json.dumps({"pid": os.getpid(), "url": url, "children": []}))
        set_defaults(state, host, port, url)
        missing = {"DATABASE_URL", "REDIS_URL"} - os.environ.keys()
        print(f"The state of this run is in {state}", flush=True)
        with step("Starting the services"):
            stack.enter_context(local.environment())
        prepare()
        supervise(
            Supervisor((BASE_DIR / "Procfile").read_text(), servers(state, missing)), note, url
        )


def supervise(supervisor: Supervisor, note: Path, url: str) -> None:
    announcement = Announcement(url, supervisor.say)

    def each_turn() -> None:
        announcement.look()
        write_note(note, url, supervisor)

    try:
        supervisor.start()
        supervisor.run(each_turn)
    except Stop:
        supervisor.say("Stopping …")
        raise
    finally:
        supervisor.stop()


def command() -> int:
    try:
        main()
    except (Refused, LocalServiceError, GaveUp) as error:
        print(error, file=sys.stderr)
        return 1
    except Stop:
        print("Stopped.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(command())
