"""A saved database can be loaded again, triggers and all."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from config.local import BASE_DIR
from tests.runtime.running import environment

NAME = "backup"


@pytest.fixture
def url() -> str:
    """A database of its own on the suite's server."""
    suite = os.environ["DATABASE_URL"]
    with psycopg.connect(suite, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME}")
        connection.execute(f"CREATE DATABASE {NAME}")
    return suite.rsplit("/", 1)[0] + f"/{NAME}"


def backup(what: str, file: Path, url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "config.backup", what, str(file)],
        cwd=BASE_DIR,
        env=environment(DATABASE_URL=url, REDIS_URL=os.environ["REDIS_URL"], SECRET_KEY="x" * 60),
        capture_output=True,
        text=True,
    )


def test_what_was_saved_is_there_again_and_what_came_later_is_not(url: str, tmp_path: Path) -> None:
    file = tmp_path / "a dump"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('before')")
        assert backup("save", file, url).stdout == f"Saved to {file}.\n"
        connection.execute("UPDATE kept SET word = 'after'")
    assert backup("load", file, url).stdout == f"Loaded from {file}.\n"
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("before",)]


def test_a_missing_file_is_named_before_anything_is_touched(url: str, tmp_path: Path) -> None:
    result = backup("load", tmp_path / "none", url)
    assert (result.returncode, result.stderr) == (1, f"There is no file {tmp_path / 'none'}.\n")
