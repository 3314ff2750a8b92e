"""Made-up texts that look alike and differ, or differ and tell of one thing, with the answers."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from events.ingestion.group_reading import Item

START = datetime.datetime(2025, 3, 3, 8, tzinfo=datetime.UTC)
FOLDER = Path(__file__).parent
FILES = ("first", "second")
Pair = tuple[str, str]


@dataclass(frozen=True)
class Case:
    """Texts to be told apart or joined; `story` is the happening of each key.

    `falls_short` says why the answer is wrong as yet.
    """

    name: str
    why: str
    items: tuple[Item, ...]
    story: dict[str, str]
    falls_short: str


def read_cases(file: str) -> list[Case]:
    return [_case(row) for row in yaml.safe_load((FOLDER / f"{file}.yaml").read_text("utf-8"))]


def _case(row: dict[str, Any]) -> Case:
    items, story = [], {}
    for number, text in enumerate(row["texts"]):
        item = _item(f"{row['case']} #{number}", text)
        items.append(item)
        alone = text["story"] == "-"
        story[str(item.key)] = str(item.key) if alone else f"{row['case']}: {text['story']}"
    return Case(row["case"], row["why"], tuple(items), story, row.get("falls_short", ""))


def _item(key: str, text: dict[str, Any]) -> Item:
    hours = text["hours"]
    return Item(
        key,
        text["title"],
        text["summary"] + text.get("repeat", "") * text.get("times", 0),
        url=text.get("url", ""),
        publisher=text["publisher"],
        at=None if hours is None else START + datetime.timedelta(hours=hours),
        lang=text.get("lang", "en"),
    )


def pairs_of(group_of: dict[str, Hashable]) -> set[Pair]:
    """Which texts stand together."""
    groups: defaultdict[Hashable, list[str]] = defaultdict(list)
    for key, group in group_of.items():
        groups[group].append(key)
    return {pair for keys in groups.values() for pair in combinations(sorted(keys), 2)}


def true_pairs(cases: Iterable[Case]) -> set[Pair]:
    return {pair for case in cases for pair in pairs_of(dict(case.story))}
