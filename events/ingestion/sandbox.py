"""parse() in a child process that can be killed: with limits on time, CPU and memory.

One child serves many feeds; it is started when first needed and again after it died or was
killed. A feed that kills its child fails with a ParseError that says why; the next feed is read
as if nothing had happened. The child ends by itself when its parent is gone.

Frames on the pipes: to the child the lengths of address, content type and body (12 bytes, big
endian), then these; from it 4 bytes of length and JSON.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import resource
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any, BinaryIO

from events.ingestion.parse import parse
from events.ingestion.types import FoundFeed, ParsedEntry, ParsedFeed, ParseError

SECONDS = 10.0
CPU_SECONDS = 10
MEMORY_BYTES = 288 * 1024 * 1024  # address space; about 110 MB of it is Python itself
FEEDS_PER_CHILD = 500  # then a fresh one: fragmentation ends with it


class Sandbox:
    """A parser in its own process. Safe to share between threads; not across fork()."""

    def __init__(self, *, seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES) -> None:
        self.seconds = seconds
        self.memory_bytes = memory_bytes
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._served = 0
        self._lock = threading.Lock()

    def parse(self, body: bytes, url: str, content_type: str = "") -> ParsedFeed:
        """As parse.parse; a ParseError also says when a limit was reached."""
        request = (url.encode("utf-8", "replace"), content_type.encode("utf-8", "replace"), body)
        with self._lock:
            child = self._ready_child()
            try:
                answer = self._ask(child, request)
            except TimeoutError:
                self.close()
                message = f"Reading it took longer than {self.seconds:g} seconds."
                raise ParseError(message) from None
            except (EOFError, BrokenPipeError):
                reason = self._why_it_died(child)
                self.close()
                raise ParseError(reason) from None
            self._served += 1
        return _from_json(answer)

    def close(self) -> None:
        """End the child, whatever it is doing."""
        child, self._child = self._child, None
        if child is not None and self._owner == os.getpid():
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()

    def _ready_child(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():  # a forked worker must not talk to its parent's child
            self._child, self._owner = None, os.getpid()
        if self._child is not None and (
            self._child.poll() is not None or self._served >= FEEDS_PER_CHILD
        ):
            self.close()
        if self._child is None:
            self._served = 0
            self._child = subprocess.Popen(
                [sys.executable, "-m", "events.ingestion.sandbox", str(self.memory_bytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                start_new_session=True,
            )
        return self._child

    def _ask(self, child: subprocess.Popen[bytes], request: Sequence[bytes]) -> bytes:
        assert child.stdin is not None
        assert child.stdout is not None
        deadline = time.monotonic() + self.seconds
        child.stdin.write(struct.pack(">III", *map(len, request)))
        for part in request:
            child.stdin.write(part)
        child.stdin.flush()
        (length,) = struct.unpack(">I", _read(child.stdout, 4, deadline))
        return _read(child.stdout, length, deadline)

    def _why_it_died(self, child: subprocess.Popen[bytes]) -> str:
        try:
            code = child.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return "The parser stopped answering."
        if code == -24:  # SIGXCPU
            return f"Reading it took more than {CPU_SECONDS} seconds of processor time."
        megabytes = self.memory_bytes >> 20
        return f"Reading it broke the parser (it may use {megabytes} MB of memory; code {code})."


def _read(pipe: Any, count: int, deadline: float) -> bytes:
    """Exactly `count` bytes before `deadline`; the pipe is unbuffered below us."""
    descriptor, parts = pipe.fileno(), []
    while count:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            raise TimeoutError
        part = os.read(descriptor, min(count, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _from_json(answer: bytes) -> ParsedFeed:
    values = json.loads(answer)
    if "error" in values:
        found = tuple(FoundFeed(**each) for each in values["found"])
        raise ParseError(values["error"], found=found)
    ttl = values.pop("ttl")
    entries = tuple(ParsedEntry(*each) for each in values.pop("entries"))
    return ParsedFeed(
        **{**values, "hubs": tuple(values["hubs"]), "broken": tuple(values["broken"])},
        entries=entries,
        ttl=datetime.timedelta(seconds=ttl) if ttl is not None else None,
    )


# The child


def _to_json(feed: ParsedFeed) -> dict[str, Any]:
    fields = [field.name for field in dataclasses.fields(ParsedEntry)]
    return {
        "title": feed.title,
        "homepage": feed.homepage,
        "lang": feed.lang,
        "ttl": feed.ttl.total_seconds() if feed.ttl is not None else None,
        "hubs": feed.hubs,
        "entries": [[getattr(entry, name) for name in fields] for entry in feed.entries],
        "broken": feed.broken,
        "note": feed.note,
    }


def _answer(url: bytes, content_type: bytes, body: bytes) -> bytes:
    try:
        answer = _to_json(parse(body, url.decode(), content_type.decode()))
    except ParseError as error:
        answer = {"error": str(error), "found": [dataclasses.asdict(f) for f in error.found]}
    except MemoryError:
        answer = {"error": "Reading it needs more memory than a feed may use.", "found": []}
    except Exception as error:  # whatever a feed provokes is that feed's error, never the worker's
        answer = {"error": f"It cannot be read ({type(error).__name__}: {error}).", "found": []}
    return json.dumps(answer).encode()


def serve(requests: BinaryIO, answers: BinaryIO, memory_bytes: int) -> None:
    """Answer requests until the pipe ends. Each gets CPU_SECONDS more of processor time."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    while header := requests.read(12):
        used = int(time.process_time()) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (used + CPU_SECONDS, resource.RLIM_INFINITY))
        answer = _answer(*[requests.read(length) for length in struct.unpack(">III", header)])
        answers.write(struct.pack(">I", len(answer)) + answer)
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer, int(sys.argv[1]))
