"""What a checkout needs to run by itself: kept secrets, and the embedded services in use.

State lives under one folder (`.local/` by default). Every process that needs the services holds
a shared lock on `.local/users.lock`; whoever leaves last stops them. A lock dies with its
process, and a keeper (config/keeper.py) waits for that: `kill -9` of every user stops them too.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from dotenv import load_dotenv

from config import embedded
from config.embedded import LocalServiceError

BASE_DIR = Path(__file__).resolve().parent.parent
CHECKOUT = {
    "HTTPS": "false",
    "ALLOWED_HOSTS": "*",
    "FETCH_GRANTS": "true",
    "REQUIRE_TWO_FACTOR": "false",
}


def state_dir() -> Path:
    """The state folder, made if missing; LocalServiceError if this user may not write there."""
    state = Path(os.environ.get("LOCAL_STATE") or BASE_DIR / ".local").resolve()
    try:
        state.mkdir(parents=True, exist_ok=True)
        (state / "users.lock").touch()
    except PermissionError:
        raise LocalServiceError(
            f"This user may not write in {state}, which another one made; "
            "name another folder with LOCAL_STATE=/a/folder, or remove it as that user."
        ) from None
    return state


def read_env_file() -> None:
    """Take from `.env` what the environment does not say already."""
    load_dotenv(os.environ.get("ENV_FILE", BASE_DIR / ".env"))


@contextmanager
def environment(*, start: bool = True) -> Iterator[None]:
    """Set the variables that settings need, for this process and its children.

    Variables that are already set, or set in `.env`, win. With `start` the embedded services run
    until the last process that asked for them has left this block.
    """
    read_env_file()
    if "DATABASE_URL" not in os.environ:  # a checkout, not a deployment
        for name, value in CHECKOUT.items():
            os.environ.setdefault(name, value)
        if "SECRET_KEY" not in os.environ:
            os.environ["SECRET_KEY"] = _kept_secret("secret_key")
        os.environ.setdefault("EXPORT_DIR", str(state_dir() / "editions"))
        if address := _running_address():
            os.environ.setdefault("SITE_URL", address)
    if not start:
        os.environ.setdefault("DATABASE_URL", "postgresql://embedded-and-not-started/timeline")
        os.environ.setdefault("REDIS_URL", "redis://embedded-and-not-started:6379/0")
    with ExitStack() as stack:
        missing = {"DATABASE_URL", "REDIS_URL"} - os.environ.keys()
        if missing:
            urls = stack.enter_context(services(state_dir(), missing))
            os.environ.update(urls)
        yield


STARTERS = {"DATABASE_URL": embedded.start_postgres, "REDIS_URL": embedded.start_valkey}


@contextmanager
def services(state: Path, wanted: set[str]) -> Iterator[dict[str, str]]:
    """Run the servers of the `wanted` variables under `state`; yield their values."""
    with (state / "users.lock").open("a") as users:
        with exclusive(state / "start.lock"):
            fcntl.flock(users, fcntl.LOCK_SH)
            _start_keeper(state)
            urls = {name: STARTERS[name](state) for name in sorted(wanted)}
        try:
            yield urls
        finally:
            with exclusive(state / "start.lock"):
                if is_last_user(users):
                    stop_services(state)


def stop_services(state: Path) -> None:
    embedded.stop_valkey(state)
    embedded.stop_postgres(state)


def is_last_user(users: IO[str]) -> bool:
    """Whether nobody else uses the services; call it holding `start.lock`."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start_keeper(state: Path) -> None:
    with (state / "keeper.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # there is one
    subprocess.Popen(
        [sys.executable, "-m", "config.keeper", str(state)],
        cwd=BASE_DIR,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _running_address() -> str:
    """Where `make run` of this checkout answers, so that commands beside it print true links."""
    try:
        return str(json.loads((state_dir() / "run.json").read_text())["url"])
    except (OSError, ValueError, KeyError):
        return ""


def _kept_secret(name: str) -> str:
    """A random value made on first use and kept, readable by this user only."""
    path = state_dir() / name
    if not path.exists():
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()
