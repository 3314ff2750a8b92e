"""What was read of a source as bytes, so that no worker reads its text a second time. Pure.

Plain values as JSON, then all terms, all counts, the vector and the shingles, each an array of
numbers as small as they may be. The words behind the hashed terms are left out: only the
explanation of a membership needs them, and has the text read anew.
"""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from events.ingestion.group_reading import Bag, Reading
from events.ingestion.near_duplicates import Copyable
from events.language.background import BACKGROUND_FILE

# Counted up when the same text is read otherwise than before.
FORMAT = 2
_TERMS, _COUNTS, _HALVES, _WIDE = (np.dtype(kind) for kind in ("<i4", "u1", "<f2", "<u8"))
_LEFT_OUT = "spelled"


@cache
def version() -> int:
    """Changes with the fields, and with the background that vectors are made from."""
    names = [named for kind in (Reading, Copyable) for named in _names(kind)]
    return crc32(json.dumps([FORMAT, names]).encode(), crc32(BACKGROUND_FILE.read_bytes()))


def pack(value: Reading | Copyable) -> bytes:
    head: list[Any] = []
    terms: list[NDArray[Any]] = []
    counts: list[NDArray[Any]] = []
    halves: NDArray[Any] = np.zeros(0)
    wide: list[int] = []
    kind: Any = type(value)
    for name in _names(kind):
        held = getattr(value, name)
        match held:
            case Bag():
                terms.append(held.terms)
                counts.append(np.minimum(held.counts, 255))
                held = len(held.terms)
            case np.ndarray():
                halves, held = held, None
            case tuple():
                wide, held = list(held), None
            case frozenset():
                held = sorted(held)
        head.append(held)
    start = json.dumps([len(halves), len(wide), head], separators=(",", ":")).encode()
    return b"".join(
        [
            len(start).to_bytes(4, "little"),
            start,
            _bytes(terms, _TERMS),
            _bytes(counts, _COUNTS),
            halves.astype(_HALVES).tobytes(),
            np.array(wide, _WIDE).tobytes(),
        ]
    )


def unpack_reading(data: bytes) -> Reading:
    (half_count, _, head), place = _head(data)
    *sizes, _, hours, title_words, body_words, language = head
    size = sum(sizes)
    terms = np.frombuffer(data, _TERMS, size, place).astype(np.int64)
    counts = np.frombuffer(data, _COUNTS, size, place + size * 4).astype(np.float32)
    vector = np.frombuffer(data, _HALVES, half_count, place + size * 5).astype(np.float32)
    bags: list[Bag] = []
    start = 0
    for held in sizes:
        bags.append(Bag(terms[start : start + held], counts[start : start + held]))
        start += held
    title, body, names, numbers, grams = bags
    return Reading(
        title, body, names, numbers, grams, vector, hours, title_words, body_words, language, {}
    )


def unpack_text(data: bytes) -> Copyable:
    (_, count, (address, title, title_words, _, hours)), place = _head(data)
    shingles = tuple(np.frombuffer(data, _WIDE, count, place).tolist())
    return Copyable(address, title, frozenset(title_words), shingles, hours)


def _head(data: bytes) -> tuple[Any, int]:
    """The plain values, and where the arrays begin."""
    place = 4 + int.from_bytes(data[:4], "little")
    return json.loads(data[4:place]), place


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(named.name for named in fields(kind) if named.name != _LEFT_OUT)


def _bytes(parts: list[NDArray[Any]], kind: np.dtype[Any]) -> bytes:
    return b"".join(part.astype(kind).tobytes() for part in parts)
