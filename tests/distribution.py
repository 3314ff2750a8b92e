"""Which process of the suite runs what, with several of them (pytest-xdist)."""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Beside tests/runtime: what starts or kills services of its own.
OTHER_SERVICES = "test_exactly_once.py"


class ByFile(LoadScopeScheduling):
    """A file's tests keep to one process; all that start services keep to the same.

    One of these counts the processes that are left, by their command.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        starts_services = file.startswith("tests/runtime/") or file.endswith(OTHER_SERVICES)
        return "services" if starts_services else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)
