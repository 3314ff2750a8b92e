"""manage.py group_items IN.jsonl[.gz] OUT.jsonl: group a file of items as production does."""

from __future__ import annotations

import datetime
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.ingestion.group import Grouping, group_items
from events.ingestion.group_reading import Item
from events.ingestion.near_duplicates import find_copies

REQUIRED = ("id", "title")
TEXTS = ("title", "summary", "text", "url", "publisher", "published_at", "lang")


class Command(BaseCommand):
    help = "Group the items of a JSON lines file into stories, and mark copies."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("input", type=Path)
        parser.add_argument("output", type=Path)
        parser.add_argument(
            "--near-duplicates", action="store_true", help="Write only the groups of copies."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        items = list(read_items_file(options["input"]))
        copies_only = options["near_duplicates"]
        copy_of = find_copies(items) if copies_only else []
        grouping = Grouping(copy_groups(copy_of), copy_of) if copies_only else group_items(items)
        with options["output"].open("w", encoding="utf-8") as out:
            for line in _lines(items, grouping):
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
        what = "groups of copies" if copies_only else "stories"
        self.stdout.write(f"{len(items)} items, {len(grouping.stories)} {what}")


def copy_groups(copy_of: list[int | None]) -> list[list[int]]:
    """Each original with its copies."""
    groups: dict[int, list[int]] = {}
    for row, original in enumerate(copy_of):
        if original is not None:
            groups.setdefault(original, [original]).append(row)
    return sorted(sorted(group) for group in groups.values())


def _lines(items: list[Item], grouping: Grouping) -> Iterator[dict[str, Any]]:
    for group in grouping.stories:
        for row in group:
            original = grouping.copy_of[row]
            yield {
                "id": items[row].key,
                "cluster": str(items[group[0]].key),
                "copy_of": None if original is None else items[original].key,
            }


def read_items_file(path: Path) -> Iterator[Item]:
    """The items of the file; what is wrong with it is said with the line it stands in."""
    line_of: dict[str | int, int] = {}
    try:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    where = f"{path.name}, line {number}"
                    item = _item_in(line, where)
                    if line_of.setdefault(item.key, number) != number:
                        first = line_of[item.key]
                        raise CommandError(
                            f"{where}: the id “{item.key}” stands in line {first} too."
                        )
                    yield item
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


def _item_in(line: str, where: str) -> Item:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise CommandError(f"{where}: not JSON ({error}).") from error
    if not isinstance(row, dict):
        raise CommandError(f"{where}: not a JSON object.")
    for name in REQUIRED:
        if row.get(name) is None:
            raise CommandError(f"{where}: “{name}” is missing.")
    try:
        return item_of(row)
    except ValueError as error:
        raise CommandError(f"{where}: {error}") from error


def item_of(row: dict[str, Any]) -> Item:
    """An item from a row; raises ValueError for what cannot be read as one."""
    if isinstance(row["id"], bool) or not isinstance(row["id"], str | int):
        raise ValueError("“id” is neither a text nor a whole number.")
    for name in TEXTS:
        if not isinstance(row.get(name) or "", str):
            raise ValueError(f"“{name}” is no text.")
    at = row.get("published_at")
    time = datetime.datetime.fromisoformat(at.replace("Z", "+00:00")) if at else None
    if time is not None and time.tzinfo is None:
        time = time.replace(tzinfo=datetime.UTC)
    return Item(
        key=row["id"],
        title=row["title"],
        summary=row.get("summary") or "",
        text=row.get("text") or "",
        url=row.get("url") or "",
        publisher=row.get("publisher") or "",
        at=time,
        lang=row.get("lang") or "",
    )
