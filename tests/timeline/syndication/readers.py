"""Three feed readers as people run them: each polls addresses and says what it has stored."""

from __future__ import annotations

import json
import mailbox
import os
import re
import shutil
import sqlite3
import subprocess
from abc import ABC, abstractmethod
from collections import Counter
from contextlib import closing
from email.header import decode_header, make_header
from pathlib import Path

from config.local import BASE_DIR

BENCH_PYTHON = BASE_DIR / ".local" / "bench-venv" / "bin" / "python"
Stored = Counter[str]

# What the library `reader` is asked to do, in the environment that `make bench-tools` makes: for
# each line of addresses poll them, and print what is stored.
_WITH_READER = """
import json, sys
from reader import make_reader
reader = make_reader(sys.argv[1])
for line in sys.stdin:
    for url in line.split():
        reader.add_feed(url, exist_ok=True)
        reader.update_feed(url)
    assert all(feed.last_exception is None for feed in reader.get_feeds())
    print(json.dumps([[e.feed_url, e.title] for e in reader.get_entries()]), flush=True)
"""


class FeedReader(ABC):
    """`forms` are the formats it reads."""

    forms: tuple[str, ...]
    process: subprocess.Popen[str] | None = None  # where one stays to be asked again

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @staticmethod
    @abstractmethod
    def is_here() -> bool: ...

    @abstractmethod
    def poll(self, urls: list[str]) -> Stored:
        """Fetch all feeds; return how many items it has, by the feed that they are of."""

    @abstractmethod
    def titles(self) -> set[str]:
        """Titles of all items it has now."""

    def close(self) -> None:
        if self.process:
            self.process.communicate()

    def run(self, *command: str | Path) -> str:
        environment = {**os.environ, "HOME": str(self.folder), "NO_PROXY": "*", "no_proxy": "*"}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "rror" not in done.stderr, done.stderr
        return done.stdout


class Reader(FeedReader):
    forms = ("atom", "rss", "json")
    rows: list[list[str]]

    @staticmethod
    def is_here() -> bool:
        return BENCH_PYTHON.exists()

    def poll(self, urls: list[str]) -> Stored:
        if self.process is None:
            command = [BENCH_PYTHON, "-c", _WITH_READER, self.folder / "reader.db"]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            self.process = subprocess.Popen(command, text=True, **pipes)  # type: ignore[call-overload]
        assert self.process.stdin
        assert self.process.stdout
        print(*urls, file=self.process.stdin, flush=True)
        self.rows = json.loads(self.process.stdout.readline())
        return Counter(feed for feed, _ in self.rows)

    def titles(self) -> set[str]:
        return {title for _, title in self.rows}


class Newsboat(FeedReader):
    forms = ("atom", "rss")

    @staticmethod
    def is_here() -> bool:
        return shutil.which("newsboat") is not None

    def poll(self, urls: list[str]) -> Stored:
        (self.folder / "config").touch()
        for url in urls:
            # A cache for each: newsboat keeps an item that two feeds have in the last of them.
            folder = self.folder / url.rpartition(".")[2]
            folder.mkdir(exist_ok=True)
            (folder / "urls").write_text(f"{url}\n")
            files = ("-C", self.folder / "config", "-u", folder / "urls", "-c", folder / "cache.db")
            self.run("newsboat", *files, "-x", "reload")
        return Counter(feed for feed, _ in self._rows())

    def titles(self) -> set[str]:
        return {title for _, title in self._rows()}

    def _rows(self) -> list[tuple[str, str]]:
        found = []
        for cache in self.folder.glob("*/cache.db"):
            with closing(sqlite3.connect(cache)) as database:
                found += database.execute("SELECT feedurl, title FROM rss_item").fetchall()
        return found


class Rss2Email(FeedReader):
    forms = ("atom", "rss")

    @staticmethod
    def is_here() -> bool:
        return shutil.which("r2e") is not None

    def poll(self, urls: list[str]) -> Stored:
        files = ("-c", str(self.folder / "r2e.cfg"), "-d", str(self.folder / "r2e.json"))
        if not (self.folder / "r2e.cfg").exists():
            self.run("r2e", *files, "new", "reader@example.org")
            settings = (self.folder / "r2e.cfg").read_text()
            settings = re.sub(r"(?m)^email-protocol = .*$", "email-protocol = maildir", settings)
            settings = re.sub(r"(?m)^maildir-path = .*$", f"maildir-path = {self.folder}", settings)
            (self.folder / "r2e.cfg").write_text(settings)
            (self.folder / "INBOX").mkdir()
            for name in ("cur", "new", "tmp"):
                (self.folder / "INBOX" / name).mkdir()
            for number, url in enumerate(urls):
                self.run("r2e", *files, "add", f"feed{number}", url)
        self.run("r2e", *files, "run")
        return Counter(str(mail["X-RSS-Feed"]) for mail in self._mails())

    def titles(self) -> set[str]:
        return {str(make_header(decode_header(mail["Subject"]))) for mail in self._mails()}

    def _mails(self) -> list[mailbox.MaildirMessage]:
        return list(mailbox.Maildir(self.folder / "INBOX"))


READERS: tuple[type[FeedReader], ...] = (Reader, Newsboat, Rss2Email)
