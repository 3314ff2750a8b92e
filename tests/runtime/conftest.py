"""The order of tests that share what takes seconds to start."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)  # after pytest-randomly
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in [item for item in items if item.get_closest_marker("last")]:
        places = [place for place, other in enumerate(items) if other.path == item.path]
        items.insert(places[-1], items.pop(items.index(item)))
