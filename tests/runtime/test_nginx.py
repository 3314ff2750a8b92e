"""deploy/nginx.conf before a real web process: what is kept, for whom, and when all is away."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

import psutil
import psycopg
import pytest

from config.local import BASE_DIR
from tests.runtime.running import environment, free_port, nginx_command

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx here (Debian: nginx-light)"),
]
WEB = ["granian", "--interface", "wsgi", "--no-ws", "config.wsgi:application"]
AWAY = "Back in a moment"
DATABASE = "behind_nginx"


class Door:
    """A TCP port that leads to the suite's PostgreSQL, until it is closed: then PostgreSQL is as
    good as killed, for whoever comes through here."""

    def __init__(self) -> None:
        self.port = free_port()
        self._path = unquote(urlsplit(os.environ["DATABASE_URL"]).netloc.rpartition("@")[2])
        self._listener: socket.socket | None = None
        self._open: list[socket.socket] = []

    def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def close(self) -> None:
        for each in [self._listener, *self._open]:
            if each:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
        self._listener, self._open = None, []

    def _serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                ours, _ = listener.accept()
                theirs = socket.socket(socket.AF_UNIX)
                theirs.connect(f"{self._path}/.s.PGSQL.5432")
                self._open += [ours, theirs]
                for pair in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=_pass_on, args=pair, daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_RDWR)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Site:
    """nginx, what stands behind it, and the door to the database."""

    door: Door
    address: str
    behind: str
    web: subprocess.Popen[bytes] | None = None
    start_web: Callable[[], None] = field(default=lambda: None)

    def get(self, path: str, *, base: str = "", **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        method = named.pop("method", "GET")
        request = urllib.request.Request(
            (base or self.address) + path, headers=named, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, dict(error.headers), error.read().decode())

    def wait_for(self, path: str, wanted: Callable[[Answer], bool], **headers: str) -> Answer:
        """Ask until the answer is as wanted; the last one when time is up."""
        pause, deadline = threading.Event(), time.monotonic() + 60
        while not wanted(answer := self.get(path, **headers)) and time.monotonic() < deadline:
            pause.wait(0.1)
        return answer


@contextmanager
def database_of_its_own() -> Iterator[str]:
    """An empty database on the suite's server: nobody else migrates it meanwhile."""
    suite = os.environ["DATABASE_URL"]
    with psycopg.connect(suite, autocommit=True) as connection:
        drop = f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"
        connection.execute(drop)
        connection.execute(f"CREATE DATABASE {DATABASE}")
        yield urlunsplit(urlsplit(suite)._replace(path=f"/{DATABASE}"))
        connection.execute(drop)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("nginx")
    port, behind, door = free_port(), free_port(), Door()
    variables = environment(
        DATABASE_URL=f"postgresql://postgres@127.0.0.1:{door.port}/{DATABASE}",
        REDIS_URL=os.environ["REDIS_URL"],
        SECRET_KEY="x" * 60,
        ALLOWED_HOSTS="127.0.0.1",
        HTTPS="false",
        DEBUG="true",  # serves static files as they lie
        GRANIAN_PORT=str(behind),
        LOG_LEVEL="CRITICAL",
    )
    site = Site(door, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{behind}")

    def popen(command: list[str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command,
            cwd=BASE_DIR,
            env=variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(process.wait, 20)
        stack.callback(process.terminate)
        return process

    def start_web() -> None:
        site.web = popen([sys.executable, "-m", *WEB])
        site.wait_for("/livez", lambda answer: answer.status == 200)

    with ExitStack() as stack:
        own_database = stack.enter_context(database_of_its_own())
        door.open()
        stack.callback(door.close)
        popen(nginx_command(folder, port, site.behind))
        migrated = subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v", "0"],
            cwd=BASE_DIR,
            env={**variables, "DATABASE_URL": own_database},
            capture_output=True,
            text=True,
        )
        assert migrated.returncode == 0, migrated.stderr
        site.start_web = start_web
        start_web()
        yield site


def is_page(answer: Answer) -> bool:
    return answer.status == 200 and "<html" in answer.body and 'id="timeline"' in answer.body


def is_part(answer: Answer) -> bool:
    return answer.status == 200 and "<html" not in answer.body and 'id="timeline"' in answer.body


def test_a_part_is_never_kept_as_the_page_nor_the_page_as_a_part(site: Site) -> None:
    part, back = {"HX_Request": "true"}, {"HX_History_Restore_Request": "true"}
    for path in ("/?category=chips", "/?q=chip"):  # each kind is the first to be asked for, once
        first, second = (part, {}) if "q=" in path else ({}, part)
        for headers in (first, second, {**part, **back}, {}, part):
            answer = site.get(path, **headers)
            assert (is_part if headers == part else is_page)(answer), (path, headers)
    assert site.get("/?q=chip").headers["X-Cache"] != "MISS"


def test_no_header_can_be_taken_for_the_end_of_an_address(site: Site) -> None:
    assert is_part(site.get("/?q=open", HX_Request="true"))
    assert "opentrue" in site.get("/?q=opentrue").body
    assert is_page(site.get("/?q=opentrue"))


def test_an_address_has_one_language_whatever_the_reader_prefers(site: Site) -> None:
    for path, language in (("/claims/", "en"), ("/zh-hans/claims/", "zh-Hans")):
        for preferred in ("zh-CN,zh;q=0.9", "en", ""):
            cookie = f"django_language={preferred[:2]}"
            answer = site.get(path, Accept_Language=preferred, Cookie=cookie)
            assert answer.headers["content-language"] == language
            assert f'<html lang="{language}"' in answer.body


def test_head_and_ranges_leave_whole_pages_behind(site: Site) -> None:
    assert site.get("/log/", method="HEAD").body == ""
    site.get("/about/", Range="bytes=0-10")
    for path in ("/log/", "/about/"):
        answer = site.get(path)
        assert answer.status == 200
        assert answer.body.rstrip().endswith("</html>")


def test_who_is_signed_in_gets_nothing_kept_and_leaves_nothing(site: Site) -> None:
    signed_in = {"Cookie": "sessionid=somebody"}
    assert site.get("/actors/", **signed_in).headers["X-Cache"] == "BYPASS"
    assert site.get("/actors/").headers["X-Cache"] == "MISS"
    assert site.get("/actors/", **signed_in).headers["X-Cache"] == "BYPASS"
    assert "public" not in site.get("/admin/login/").headers.get("cache-control", "")


PAGES = ("/", "/?q=deepseek", "/race/", "/feeds/events.atom", "/api/v1/events", "/zh-hans/")


def test_readers_see_what_was_kept_while_the_database_is_down(site: Site) -> None:
    before = {path: site.get(path).body for path in PAGES}
    known = site.get("/?q=huawei", base=site.behind).body
    site.door.close()
    try:
        for path in PAGES:
            # Until nginx has asked again, and was told of the page kept behind it or of nothing.
            answer = site.wait_for(path, lambda answer: answer.headers["X-Cache"] != "HIT")
            assert answer.headers["X-Cache"] in ("STALE", "EXPIRED"), path
            assert (answer.status, answer.body) == (200, before[path]), path
        unknown = site.get("/?q=nobody-asked-this")
        assert (unknown.status, unknown.headers["retry-after"]) == (503, "10")
        assert AWAY in unknown.body
        # The web process alone knows what it served last.
        alone = site.get("/?q=huawei", base=site.behind)
        assert (alone.status, alone.headers["warning"]) == (200, '110 - "Response is Stale"')
        assert alone.body == known
        assert site.get("/?q=huawei", base=site.behind, HX_Request="true").status == 503
    finally:
        site.door.open()
    back = site.wait_for("/?q=nobody-asked-this", lambda answer: answer.status == 200)
    assert is_page(back)


def test_readers_see_what_was_kept_while_the_application_is_down(site: Site) -> None:
    assert site.web
    before = site.get("/about/").body
    for process in [psutil.Process(site.web.pid), *psutil.Process(site.web.pid).children()]:
        process.kill()
    site.web.wait()
    try:
        answer = site.wait_for("/about/", lambda answer: answer.headers["X-Cache"] == "STALE")
        assert (answer.status, answer.headers["X-Cache"]) == (200, "STALE")
        assert answer.body == before
        for path in ("/?q=nobody-asked-that", "/admin/login/"):
            unknown = site.get(path)
            assert (unknown.status, unknown.headers["Retry-After"]) == (503, "10")
            assert AWAY in unknown.body
        assert "马上回来" in site.get("/zh-hans/?q=nobody-asked-that").body
    finally:
        site.start_web()
    assert is_page(site.wait_for("/?q=nobody-asked-that", is_page))
