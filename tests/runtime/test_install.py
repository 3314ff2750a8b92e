"""requirements/install: the first thing that a stranger's machine runs."""

import shutil
import subprocess
from pathlib import Path

import pytest

from config.local import BASE_DIR


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout without an environment."""
    shutil.copytree(BASE_DIR / "requirements", tmp_path / "requirements")
    return tmp_path


def python_that_says(folder: Path, version: str) -> Path:
    """A stand-in for an interpreter that this machine may not have."""
    python = folder / "python"
    python.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo "Python {version}" && exit\nexit 1\n'
    )
    python.chmod(0o755)
    return python


def install(checkout: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "requirements" / "install", "app"],
        env={"PATH": "/usr/bin:/bin", **variables},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("version", ["3.10.13", "3.14.0"])
def test_another_python_gets_one_sentence(checkout: Path, version: str) -> None:
    python = python_that_says(checkout, version)
    result = install(checkout, PYTHON=str(python))
    assert result.returncode == 1
    assert result.stderr == (
        f"AI Race Timeline needs Python 3.11 to 3.13; PYTHON={python} is Python {version}.\n"
    )


def test_no_python_at_all_gets_one_sentence(checkout: Path) -> None:
    for tool in ("bash", "dirname", "cat", "cksum", "grep"):
        (checkout / tool).symlink_to(shutil.which(tool) or tool)
    result = install(checkout, PATH=str(checkout))
    assert result.returncode == 1
    assert result.stderr == (
        "AI Race Timeline needs Python 3.11 to 3.13; here is no Python. "
        "Install one, or name one: make run PYTHON=/path/to/python3.13\n"
    )
