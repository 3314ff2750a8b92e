"""A record of two events that a test may break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

SMALL: dict[str, object] = {
    "actors.yaml": [{"name": "DeepSeek", "kind": "lab", "country": "CN"}],
    "publishers.yaml": [{"name": "Example News", "kind": "press", "homepage": "https://news.test"}],
    "feeds.yaml": [{"url": "https://news.test/feed", "publisher": "Example News"}],
    "events/2025.yaml": [
        {
            "id": "first",
            "title": "First event",
            "date": "2025-01-20",
            "category": "research",
            "actors": ["DeepSeek"],
            "status": "published",
            "sources": [
                {
                    "url": "https://news.test/1",
                    "title": "One",
                    "publisher": "Example News",
                    "published": "2025-01-20",
                    "kind": "press",
                }
            ],
            "claims": [
                {
                    "text": "It is so.",
                    "said_by": "DeepSeek",
                    "status": "supported",
                    "source_urls": ["https://news.test/1"],
                }
            ],
        },
        {
            "id": "second",
            "title": "Second event",
            "date": "2025-02",
            "category": "research",
            "status": "draft",
            "related": [{"id": "first", "kind": "follows"}],
        },
    ],
}


@pytest.fixture
def small_record(tmp_path: Path) -> Path:
    """A record of two events in a folder of its own, to be changed by a test."""
    folder = tmp_path / "record"
    (folder / "events").mkdir(parents=True)
    for name, rows in SMALL.items():
        (folder / name).write_text(yaml.safe_dump(rows, allow_unicode=True))
    return folder


Rewrite = Callable[[Path, str, int, dict[str, object]], None]


@pytest.fixture
def rewrite() -> Rewrite:
    """Change fields of one row of a file; a field set to None is taken out."""

    def change(folder: Path, file: str, row: int, fields: dict[str, object]) -> None:
        path = folder / file
        rows = yaml.safe_load(path.read_text())
        for name, value in fields.items():
            if value is None:
                rows[row].pop(name, None)
            else:
                rows[row][name] = value
        path.write_text(yaml.safe_dump(rows, allow_unicode=True))

    return change
