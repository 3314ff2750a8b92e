"""Texts made from the labelled ones, of kinds that the files lack.

They hold few look-alikes: whoever shares a rare name there nearly always tells of one happening,
because a file holds a handful of big stories. So the pair model is also shown

- swapped: of two texts on one happening one has its names changed, so that another firm does
  in the same words what this one did;
- planted: two texts on different happenings are given one rare name in common;
- retitled: two texts on different happenings are given one title.

which are all different happenings. And all texts of a file have a body, or none has, while a feed
without summaries stands beside others: so some pairs, of one happening or not, are shown

- bared: with the body of one of them left out.

They take part in training only, never in a score.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from events.ingestion.group_pairs import Pairs
from events.ingestion.group_reading import Item
from events.language.names import names_as_written
from events.language.words import words

# So many of each kind per file, at most.
SWAPPED, PLANTED, RETITLED = 500, 1000, 300
BARED = 6000
# A name of one word or two.
_RUN = re.compile(r"[A-Z][\w&-]*\w(?: [A-Z][\w&-]*\w)?")
_DIGITS = re.compile(r"\d+")
_MIN_BODY_WORDS = 8

_SEED = 0

Variant = tuple[Item, Item, int, int]  # the pair, and the rows that it was made from


def variants(items: Sequence[Item], gold: NDArray[np.str_], pairs: Pairs) -> Iterator[Variant]:
    """Pairs that look alike, none of one happening, with the rows they come from."""
    lots = np.random.default_rng(_SEED)
    pool = [name for item in items for name in sorted(set(_RUN.findall(item.title)))]
    known = Counter(name for item in items for name in names_as_written(item.title))
    same = pairs[gold[pairs[:, 0]] == gold[pairs[:, 1]]]
    for one, other in _drawn(same, SWAPPED, lots):
        if made := _swapped(items[one], items[other], pool, known, lots):
            yield items[one], made, one, other
    for one, other in _drawn_unlike(gold, PLANTED, lots):
        if made := _planted(items[one], items[other], lots):
            yield items[one], _at(made, items[one], lots), one, other
    for one, other in _drawn_unlike(gold, RETITLED, lots):
        if min(len(words(_body(items[row]))) for row in (one, other)) >= _MIN_BODY_WORDS:
            made = dataclasses.replace(items[other], title=items[one].title, url="")
            bare = dataclasses.replace(items[one], url="")
            yield bare, _at(made, items[one], lots), one, other


def bared(items: Sequence[Item], pairs: Pairs) -> Iterator[Variant]:
    """Pairs one of which has lost its body; as many are of one happening as among the others."""
    lots = np.random.default_rng(_SEED)
    count = min(BARED, len(pairs) // 2)
    for one, other in _drawn(pairs, count, lots):
        if _body(items[one]).strip() and _body(items[other]).strip():
            yield dataclasses.replace(items[one], summary="", text=""), items[other], one, other


def _swapped(
    one: Item, other: Item, pool: list[str], known: Counter[str], lots: np.random.Generator
) -> Item | None:
    """The other with names that both know changed: the rarest of the titles', and maybe more."""
    here = names_as_written(f"{one.title} . {_body(one)}")
    there = names_as_written(f"{other.title} . {_body(other)}")
    titles = names_as_written(f"{one.title} . {other.title}")
    shared = sorted(
        here.keys() & there.keys() & titles.keys(), key=lambda name: (known[name], name)
    )
    if not shared:
        return None
    changed = other
    for place, name in enumerate(shared):
        if place == 0 or lots.random() < 0.5:
            changed = _renamed(changed, name, pool[lots.integers(len(pool))])
    return _renumbered(changed, lots) if lots.random() < 0.5 else changed


def _planted(one: Item, other: Item, lots: np.random.Generator) -> Item | None:
    """The other with a name of the one's title in place of one of its own."""
    mine, theirs = _RUN.findall(one.title), _RUN.findall(other.title)
    if not mine or not theirs:
        return None
    name, dropped = mine[lots.integers(len(mine))], theirs[lots.integers(len(theirs))]
    return _renamed(other, dropped, name)


def _renamed(item: Item, old: str, new: str) -> Item:
    find = re.compile(rf"\b{re.escape(old)}\b", re.IGNORECASE)
    in_address = re.compile(rf"\b{re.escape(old.replace(' ', '-'))}\b", re.IGNORECASE)
    return dataclasses.replace(
        item,
        title=find.sub(new, item.title),
        summary=find.sub(new, item.summary),
        text=find.sub(new, item.text),
        url=in_address.sub(new.replace(" ", "-").lower(), item.url),
    )


def _renumbered(item: Item, lots: np.random.Generator) -> Item:
    def other(match: re.Match[str]) -> str:
        return "".join(str(lots.integers(1, 10)) for _ in match.group())

    title, summary, text = (
        _DIGITS.sub(other, said) for said in (item.title, item.summary, item.text)
    )
    return dataclasses.replace(item, title=title, summary=summary, text=text)


def _at(item: Item, near: Item, lots: np.random.Generator) -> Item:
    at = near.at and near.at + datetime.timedelta(hours=float(lots.uniform(0, 30)))
    return dataclasses.replace(item, at=at)


def _body(item: Item) -> str:
    return f"{item.summary} {item.text}"


def _drawn(pairs: Pairs, count: int, lots: np.random.Generator) -> list[tuple[int, int]]:
    rows = lots.integers(len(pairs), size=count)
    return [(int(a), int(b)) if lots.random() < 0.5 else (int(b), int(a)) for a, b in pairs[rows]]


def _drawn_unlike(
    gold: NDArray[np.str_], count: int, lots: np.random.Generator
) -> list[tuple[int, int]]:
    rows = lots.integers(len(gold), size=(count, 2))
    return [(int(a), int(b)) for a, b in rows if gold[a] != gold[b]]
