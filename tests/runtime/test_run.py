"""`make run`: what it says, what it survives and what it leaves behind."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.supervisor import RESTARTS_PER_MINUTE, GaveUp, Restarts
from tests.runtime.running import Run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def any_run() -> Iterator[Run]:
    # A path with a space, as in "My Documents"; not pytest's, because another pytest that starts
    # meanwhile closes that to the user whom PostgreSQL runs as.
    with tempfile.TemporaryDirectory(prefix="a state ") as state:
        run = Run(Path(state))
        yield run
        if run.process and run.process.poll() is None:
            run.process.terminate()
            run.process.wait(20)


@pytest.fixture
def run(any_run: Run) -> Run:
    """A healthy run: the one of the test before, or a new one in the same folder."""
    any_run.start()
    return any_run


def test_a_second_run_is_refused_with_the_address_of_the_first(run: Run) -> None:
    second = run.again()
    assert second.returncode == 1
    assert second.stderr == (
        f"This checkout runs already at http://localhost:{run.port} (process "
        f"{run.process and run.process.pid}); stop that with Ctrl-C.\n"
    )


def test_a_taken_port_is_refused_before_anything_starts(run: Run, tmp_path: Path) -> None:
    other = run.again(LOCAL_STATE=str(tmp_path))
    assert other.returncode == 1
    assert other.stderr == (
        f"Port {run.port} on 127.0.0.1 is taken; choose another: make run PORT={run.port + 1}\n"
    )
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        pytest.param({"PORT": "http"}, "PORT=http is not a port", id="no number"),
        pytest.param({"PORT": "70000"}, "PORT=70000 is not a port", id="no such port"),
        pytest.param({"HOST": "192.0.2.1"}, "HOST=192.0.2.1 is not an address", id="not ours"),
    ],
)
def test_an_impossible_address_is_refused_with_one_sentence(
    any_run: Run, tmp_path: Path, variables: dict[str, str], sentence: str
) -> None:
    refused = any_run.again(LOCAL_STATE=str(tmp_path), **variables)
    assert refused.returncode == 1
    assert refused.stderr.startswith(sentence)
    assert refused.stderr.count("\n") == 1


def test_whatever_is_killed_is_reported_and_comes_back(run: Run) -> None:
    for name in ("worker", "beat", "web", "PostgreSQL", "Valkey"):
        os.kill(run.pid(name), signal.SIGKILL)
        assert "starting it again (1 of 5 a minute)" in run.wait_for(f"| {name} was killed")
    assert run.wait_until_healthy(120)["status"] == "ok"


@pytest.mark.last
def test_however_a_run_ends_nothing_of_it_is_left(run: Run) -> None:
    run.signal(signal.SIGKILL)
    assert run.wait_until_alone(10) == []
    # What the killed one has left on disk does not hinder the next.
    run.start()
    assert run.health()["status"] == "ok"
    asked = time.monotonic()
    run.signal(signal.SIGINT)
    assert run.process
    assert run.process.wait(10) == 0
    assert run.wait_until_alone(10 - (time.monotonic() - asked)) == []


def test_the_moderators_password_is_printed_once_and_kept_for_this_user_alone(run: Run) -> None:
    note = run.state / "moderator"
    password = note.read_text().split("password: ")[1].strip()
    assert note.stat().st_mode & 0o777 == 0o600
    assert sum(password in line for line in run.printed) == 1


def test_what_dies_too_often_is_given_up() -> None:
    restarts = Restarts("web")
    for _ in range(RESTARTS_PER_MINUTE):
        restarts.note("ended with exit code 1")
    with pytest.raises(GaveUp, match="web ended with exit code 1 for the 6th time within a minute"):
        restarts.note("ended with exit code 1")
