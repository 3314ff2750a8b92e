"""What grouping keeps of a text: hashed words, names, numbers, character grams, a vector, a time.

Words are hashed into a fixed space, so that a reading needs no vocabulary and two workers
read alike.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from events.ingestion.group_model import GroupModel
from events.language.background import HASH_SPACE, hash_term
from events.language.names import address_words, names_as_written, numbers
from events.language.words import MAX_TITLE_CHARS, clean, content_words, language_of, words

BODY_CHARS = 1500
EMBEDDED_CHARS = 800
NUMBER_CHARS = 600
# "Morning briefing: Nvidia, Apple and more" tells of no happening, or of several.
_SERIES = re.compile(
    r"^(?:(?:the|your|this|morning|evening|daily|weekly|ai|tech|news|market|week(?:end|ly)?)\s+)*"
    r"(?:briefing|brief|round-?\s?up|digest|newsletter|recap|live (?:updates|blog)|headlines"
    r"|week in review|早报|晚报|要闻)\b\s*[:|–—-]*\s*",
    re.IGNORECASE,
)
# Odd 64-bit multipliers of a rolling hash over bytes (splitmix64's and their kin).
_FACTORS = np.array(
    [
        0x9E3779B97F4A7C15,
        0xBF58476D1CE4E5B9,
        0x94D049BB133111EB,
        0xD6E8FEB86659FD93,
        0xA0761D6478BD642F,
        0xE7037ED1A0B428DB,
    ],
    np.uint64,
)


@dataclass(frozen=True)
class Item:
    """One text to group. `key` is the caller's; order of items is order of arrival."""

    key: str | int
    title: str
    summary: str = ""
    text: str = ""
    url: str = ""
    publisher: str = ""
    at: datetime.datetime | None = None
    lang: str = ""


class Bag(NamedTuple):
    """Hashed terms, ascending, and how often each stands."""

    terms: NDArray[np.int64]
    counts: NDArray[np.float32]

    @classmethod
    def of(cls, terms: Iterable[int]) -> Bag:
        counted = sorted(Counter(terms).items())
        return cls(
            np.array([term for term, _ in counted], np.int64),
            np.array([count for _, count in counted], np.float32),
        )


@dataclass(frozen=True)
class Reading:
    """One item as the pair model sees it."""

    title: Bag
    body: Bag
    names: Bag
    numbers: Bag
    grams: Bag
    vector: NDArray[np.float32]
    hours: float  # since 1970; nan: not known
    title_words: int
    body_words: int
    language: str  # by the script or as declared, "" when neither tells
    spelled: dict[int, str]  # words behind the hashes, to explain by


def read_items(items: Sequence[Item], model: GroupModel) -> list[Reading]:
    cut = [cut_texts(item) for item in items]
    vectors = model.background.embed([f"{title} {body[:EMBEDDED_CHARS]}" for title, body in cut])
    return [
        _read(item, title, body, vector)
        for item, (title, body), vector in zip(items, cut, vectors, strict=True)
    ]


def cut_texts(item: Item) -> tuple[str, str]:
    """Title and body, cleaned and cut to what is read of them; a series' name is no title."""
    title = _SERIES.sub("", clean(item.title, MAX_TITLE_CHARS))
    summary = clean(item.summary, BODY_CHARS)
    body = clean(item.text, BODY_CHARS)
    if summary and not body.startswith(summary[:60]):
        body = f"{summary} {body}"
    return title, body[:BODY_CHARS].strip()


def _read(item: Item, title: str, body: str, vector: NDArray[np.float32]) -> Reading:
    title_words = content_words(title)
    known = set(title_words)
    in_address = [w for w in content_words(address_words(item.url)) if w not in known]
    body_words = content_words(body)
    spelled: dict[int, str] = {}
    named = _named(names_as_written(f"{title} . {body}"), "n:", spelled)
    figures = _named({n: n for n in numbers(f"{title} {body[:NUMBER_CHARS]}")}, "#", spelled)
    return Reading(
        title=_bag(title_words + in_address, spelled),
        body=_bag(body_words, spelled),
        names=named,
        numbers=figures,
        grams=_grams(title),
        vector=vector,
        hours=item.at.timestamp() / 3600 if item.at else float("nan"),
        title_words=len(title_words),
        body_words=len(body_words),
        language=language_of(title, item.lang),
        spelled=spelled,
    )


def _bag(terms: list[str], spelled: dict[int, str]) -> Bag:
    hashed = [hash_term(term) for term in terms]
    spelled.update(zip(hashed, terms, strict=True))
    return Bag.of(hashed)


def _named(terms: dict[str, str], prefix: str, spelled: dict[int, str]) -> Bag:
    hashed = {hash_term(prefix + term): written for term, written in terms.items()}
    spelled.update(hashed)
    return Bag.of(list(hashed))


def _grams(title: str) -> Bag:
    """Runs of three to five bytes of the title's words."""
    data = np.frombuffer(f" {' '.join(words(title))} ".encode(), np.uint8).astype(np.uint64)
    if len(data) < 5:
        return Bag.of(())
    three = data[:-2] + data[1:-1] * _FACTORS[0] + data[2:] * _FACTORS[1]
    four = three[:-1] + data[3:] * _FACTORS[2]
    five = four[:-1] + data[4:] * _FACTORS[3]
    code = np.concatenate([three, four * _FACTORS[4], five * _FACTORS[5]])
    code = (code ^ (code >> np.uint64(31))) % np.uint64(HASH_SPACE)
    terms, counts = np.unique(code, return_counts=True)
    return Bag(terms.astype(np.int64), counts.astype(np.float32))
