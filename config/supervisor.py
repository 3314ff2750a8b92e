"""Keeps the processes of the Procfile and the embedded servers alive, and their logs together.

One thread, one loop: read what children print, notice who died, start again, give up when that
does not help. Output goes through honcho's printer. honcho's own manager was not enough: it can
neither start a process again nor take its children along when it is killed (see
docs/decisions/dependencies.md).
"""

from __future__ import annotations

import os
import selectors
import shlex
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from honcho.colour import get_colours
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

BASE_DIR = Path(__file__).resolve().parent.parent
# A process that dies more often than this within a minute is not started again.
RESTARTS_PER_MINUTE = 5
RESTART_DELAY = 1.0
# With what the embedded servers need to stop this stays below ten.
STOP_SECONDS = 4
LOOK_SECONDS = 0.5


class GaveUp(Exception):
    """Something died too often; the message is one sentence."""


class Restarts:
    """Counts deaths of one thing within the last minute."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._deaths: deque[float] = deque()

    def note(self, how: str) -> str:
        """Return the sentence that reports this death; GaveUp if it was one too many."""
        now = time.monotonic()
        self._deaths.append(now)
        while now - self._deaths[0] > 60:
            self._deaths.popleft()
        count = len(self._deaths)
        if count > RESTARTS_PER_MINUTE:
            raise GaveUp(
                f"{self.name} {how} for the {count}th time within a minute: everything stops."
            )
        return f"{self.name} {how}; starting it again ({count} of {RESTARTS_PER_MINUTE} a minute)."


def describe_exit(code: int) -> str:
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


class Child:
    """One process of the Procfile, in a process group of its own."""

    def __init__(self, name: str, command: str, colour: str) -> None:
        self.name, self.command, self.colour = name, command, colour
        self.restarts = Restarts(name)
        self.process: subprocess.Popen[bytes] | None = None
        self.start_at = 0.0
        self._rest = b""

    def start(self) -> None:
        program, *arguments = shlex.split(self.command)
        leash = [sys.executable, "-S", "-E", str(BASE_DIR / "config/leash.py"), str(os.getpid())]
        self.process = subprocess.Popen(
            [*leash, sys.executable if program == "python" else program, *arguments],
            cwd=BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that its own children can be reached, and Ctrl-C not
        )

    def lines(self) -> list[bytes] | None:
        """Whole lines that the process has printed; None at the end of its output."""
        assert self.process
        assert self.process.stdout
        data = os.read(self.process.stdout.fileno(), 65536)
        if not data:
            rest, self._rest = self._rest, b""
            return [rest] if rest else None
        *lines, self._rest = (self._rest + data).split(b"\n")
        return lines

    def signal(self, number: int) -> None:
        """Send a signal to the process and to whatever it has started."""
        if self.process:
            try:
                os.killpg(self.process.pid, number)
            except (ProcessLookupError, PermissionError):
                return


class Server:
    """An embedded server: watched by its pid, started again under the same address."""

    def __init__(self, name: str, pid: Callable[[], int | None], start: Callable[[], str]) -> None:
        self.name, self.pid, self.start = name, pid, start
        self.restarts = Restarts(name)


class Supervisor:
    def __init__(self, procfile: str, servers: Iterable[Server]) -> None:
        commands = parse_procfile(procfile).processes
        self.children = [
            Child(name, command, colour)
            for (name, command), colour in zip(commands.items(), get_colours(), strict=False)
        ]
        self.servers = list(servers)
        self._selector = selectors.DefaultSelector()
        self._printer = Printer(sys.stdout, width=max(len(name) for name in [*commands, "run"]))

    def say(self, sentence: str) -> None:
        self._print("run", sentence.encode(), None)

    def _print(self, name: str, line: bytes, colour: str | None) -> None:
        now = datetime.now()  # noqa: DTZ005 - the clock on the reader's wall
        self._printer.write(Message("line", line, now, name, colour))

    def start(self) -> None:
        for child in self.children:
            self._start(child)

    def _start(self, child: Child) -> None:
        child.start()
        assert child.process
        assert child.process.stdout
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def run(self, each_turn: Callable[[], None]) -> None:
        """Supervise until a signal handler raises, or GaveUp."""
        while True:
            self.turn()
            each_turn()

    def turn(self) -> None:
        self._relay(LOOK_SECONDS)
        for child in self.children:
            self._look_after(child)
        for server in self.servers:
            if server.pid() is None:
                self.say(server.restarts.note("was killed"))
                server.start()

    def _relay(self, timeout: float) -> None:
        for key, _ in self._selector.select(timeout):
            child: Child = key.data
            lines = child.lines()
            if lines is None:
                self._selector.unregister(key.fileobj)
            for line in lines or []:
                self._print(child.name, line, child.colour)

    def _look_after(self, child: Child) -> None:
        if child.process is None:
            if time.monotonic() >= child.start_at:
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            return
        child.signal(signal.SIGKILL)  # what it has left behind, such as a pool's processes
        self._forget(child)
        child.start_at = time.monotonic() + RESTART_DELAY
        self.say(child.restarts.note(describe_exit(code)))

    def _forget(self, child: Child) -> None:
        assert child.process
        assert child.process.stdout
        if child.process.stdout in {key.fileobj for key in self._selector.get_map().values()}:
            self._selector.unregister(child.process.stdout)
        child.process.stdout.close()
        child.process = None

    def stop(self) -> None:
        """End every child within STOP_SECONDS, printing what they still have to say."""
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            child.signal(signal.SIGTERM)
        while self._running() and time.monotonic() < deadline:
            self._relay(0.1)
        for child in self.children:
            if child in self._running():
                self.say(f"{child.name} did not stop in {STOP_SECONDS} s and was killed.")
            child.signal(signal.SIGKILL)
        self._relay(0.1)

    def _running(self) -> list[Child]:
        return [child for child in self.children if child.process and child.process.poll() is None]
