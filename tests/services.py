"""Pytest plugin: the suite's own PostgreSQL and broker, started before settings load."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from config import local

_stack = ExitStack()


@pytest.hookimpl(tryfirst=True)  # before pytest-django, which reads the settings in this hook
def pytest_load_initial_conftests() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["ENV_FILE"] = os.devnull  # a developer's own settings are not the suite's
        os.environ.setdefault("LOCAL_STATE", str(local.BASE_DIR / ".local" / "tests"))
        Path(os.environ["LOCAL_STATE"]).mkdir(parents=True, exist_ok=True)
        _stack.enter_context(local.environment())
    else:  # a database of the broker for each process of the suite; pytest-django does PostgreSQL's
        number = 1 + int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
        os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/{number}"


def pytest_unconfigure() -> None:
    _stack.close()
