"""Recorded feeds: a folder of days, and a loopback server that shows one day after the other.

The layout is YYYY-MM-DD/<host>.xml (or .json): each feed as it stood at the end of that day.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

HOST = "127.0.0.1"
PREFIX = "/replay/"
DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
CONTENT_TYPES = {".xml": "application/rss+xml", ".json": "application/feed+json"}
LINK = re.compile(rb"(?:<link>|\"(?:home_page_url|url)\":\s*\")\s*(https?://[^<\"\s]+)")


class RecordingsError(Exception):
    """Not a folder of recordings; the message says what is missing."""


class Recordings:
    """The files of each day, by name."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise RecordingsError(f"{folder} is not a folder.")
        self.days = {
            day.name: {
                file.name: file for file in sorted(day.iterdir()) if file.suffix in CONTENT_TYPES
            }
            for day in sorted(folder.iterdir())
            if DAY.match(day.name) and day.is_dir()
        }
        if not any(self.days.values()):
            raise RecordingsError(f"{folder} holds no YYYY-MM-DD/<host>.xml to replay.")

    def names(self) -> list[str]:
        return sorted({name for files in self.days.values() for name in files})

    def links(self, name: str) -> list[str]:
        """Where the entries of a feed lead, over all days."""
        files = [files[name] for files in self.days.values() if name in files]
        return [link.decode() for file in files for link in LINK.findall(file.read_bytes())]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    files: dict[str, Path] = {}


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = urlsplit(self.path).path.removeprefix(PREFIX)
        file = self.server.files.get(name)
        if file is None:
            self._answer(404, b"No such recording on this day.\n", {"Content-Type": "text/plain"})
            return
        body = file.read_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"ETag": etag, "Content-Type": CONTENT_TYPES[file.suffix]}
        if self.headers.get("If-None-Match") == etag:
            self._answer(304, b"", headers)
        else:
            self._answer(200, body, headers)

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The replay prints a line a day; requests would drown it."""


class RecordingServer:
    """Serves `recordings` on loopback, each file as it stood on the day that is shown."""

    def __init__(self, recordings: Recordings, server: _Server) -> None:
        self.recordings = recordings
        self._server = server
        self.address = f"{HOST}:{server.server_port}"

    def url(self, name: str) -> str:
        return f"http://{self.address}{PREFIX}{name}"

    def show(self, day: str) -> list[str]:
        """Go to `day`; return the names of the feeds recorded on it. Older ones stay served."""
        files = self.recordings.days[day]
        self._server.files = {**self._server.files, **files}
        return list(files)


@contextmanager
def serve(recordings: Recordings, port: int) -> Iterator[RecordingServer]:
    """Listen on loopback while the block runs. Raises RecordingsError if the port is taken."""
    try:
        server = _Server((HOST, port), _Handler)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a port"
        raise RecordingsError(
            f"Port {port} cannot be used ({reason}); choose another with --port."
        ) from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield RecordingServer(recordings, server)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
