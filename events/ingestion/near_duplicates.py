"""Near-duplicates: is a text a copy of an earlier one? Pure.

A syndicated, re-titled, shortened or lightly edited text is a copy; another article on the same
event is not. Candidates come by keys (canonical address, normalised text, MinHash bands of the
whole body and of its opening, which survives cutting); each is verified, because a shared key
proves nothing: first the shingles that stand under several unlike titles are dropped (a feed's
boilerplate), then the shorter body must lie in the longer one, and either the titles or a long
text's opening must agree as well.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from zlib import crc32

import numpy as np
from rapidfuzz import fuzz
from rensa import RMinHash

from events.ingestion.canonical import canonicalize_url
from events.ingestion.group_reading import Item
from events.language.words import MAX_TITLE_CHARS, STOP_WORDS, clean, words

# Of eight bands, as were stored once, six find as many copies (docs/decisions/grouping.md).
BANDS, ROWS = 6, 2
_SKETCH = 16
SHINGLE = 4
# A body with fewer shingles proves nothing by itself: the titles must agree.
MIN_SHINGLES = 8
# Under unlike titles only a longer body is proof.
MIN_SHINGLES_ALONE = 18
CONTAINED = 0.7
OPENING_WORDS = 40
# Boilerplate comes last: what is compared of the opening must be shorter than a short lede.
OPENING_COMPARED = 10
OPENING_CONTAINED = 0.6
# Before boilerplate each text has a lede of its own: "She joins from a bank. About us: …"
START_COMPARED = 4
LIKE_TITLES = 0.6
SAME_TITLES = 0.95
# Under one long title an edit may have changed more of the text.
CONTAINED_UNDER_TITLE = 0.4
# "Stocks making the biggest moves" comes back every week.
SAME_TITLE_HOURS = 48
LIKE_VECTORS = 0.4
# "Morning briefing" names a series, not a text.
MIN_TITLE_WORDS = 5
BOILERPLATE_TITLES = 3
BODY_CHARS = 4000
# Rows of one band that hold more texts than this are boilerplate themselves.
MAX_BUCKET = 60
_SEED = 20250120
# What editors put before a headline, and publishers behind it.
_LABEL = re.compile(
    r"^(?:(?:update[ds]?|exclusive|breaking(?: news)?|watch|live|video|opinion|analysis|report"
    r"|just in|correct(?:ed|ion)|developing)(?: ?\d+)?\s*[:|–—-]+\s*)+",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"\s+[|–—-]\s+(?:[^\s|–—-]+\s?){1,4}$")

Shingle = int  # 64-bit hash of SHINGLE words in a row
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 1], np.uint64)


@dataclass(frozen=True)
class Copyable:
    """A text prepared for comparison."""

    address: str
    title: str  # normalised words
    title_words: frozenset[str]
    shingles: tuple[Shingle, ...]  # of the body, in order
    hours: float  # since 1970; nan: not known


@dataclass(frozen=True)
class CopyEvidence:
    """By what a text was recognised as a copy."""

    contained: float
    titles: float

    def as_signals(self) -> dict[str, float]:
        return {"contained": round(self.contained, 3), "titles": round(self.titles, 3)}


def prepare(item: Item) -> Copyable:
    title_words = words(plain_title(clean(item.title, MAX_TITLE_CHARS)))
    summary, text = clean(item.summary, BODY_CHARS), clean(item.text, BODY_CHARS)
    body = words(text if text and text.startswith(summary[:40]) else f"{summary} {text}")
    return Copyable(
        address=_address(item.url),
        title=" ".join(title_words),
        title_words=frozenset(title_words) - STOP_WORDS,
        shingles=_shingles(body),
        hours=item.at.timestamp() / 3600 if item.at else float("nan"),
    )


def plain_title(title: str) -> str:
    """The headline without "UPDATE:" before and the publisher behind, if enough of it is left."""
    bare = _LABEL.sub("", title)
    shorter = _BEHIND.sub("", bare)
    return shorter if len(shorter.split()) >= MIN_TITLE_WORDS else bare or title


def copy_keys(texts: Sequence[Copyable]) -> list[list[int]]:
    """For each text what a copy very probably shares with it; 64-bit, signed."""
    keys = [_own_keys(text) for text in texts]
    long = [row for row, text in enumerate(texts) if len(text.shingles) >= MIN_SHINGLES]
    bands = _band_keys([texts[row].shingles for row in long])
    for row, of_row in zip(long, bands, strict=True):
        keys[row] += of_row
    return keys


def _own_keys(text: Copyable) -> list[int]:
    keys = [_key(f"text:{text.title}:{hash(text.shingles)}")]
    if text.address:
        keys.append(_key(f"address:{text.address}"))
    if len(text.title_words) >= MIN_TITLE_WORDS:
        keys.append(_key(f"title:{text.title}"))
    return keys


def _shingles(body: list[str]) -> tuple[Shingle, ...]:
    if len(body) < SHINGLE:
        return ()
    hashed = np.array([crc32(word.encode()) for word in body], np.uint64) + np.uint64(1)
    size = len(hashed) - SHINGLE + 1
    mixed = np.zeros(size, np.uint64)
    for start, factor in enumerate(_FACTORS):
        mixed += hashed[start : start + size] * factor
    return tuple((mixed ^ (mixed >> np.uint64(29))).tolist())


def _band_keys(bodies: Sequence[tuple[Shingle, ...]]) -> list[list[int]]:
    """For each body the keys of its bands and of its opening's."""
    parts = [part for shingles in bodies for part in (shingles, shingles[:OPENING_WORDS])]
    sketches = RMinHash.digest_matrix_from_token_hash_sets(parts, _SKETCH, _SEED).to_rows()
    keys = [
        [
            _key(f"{number % 2}:{start}:{values[start : start + ROWS]}")
            for start in range(0, BANDS * ROWS, ROWS)
        ]
        for number, values in enumerate(sketches)
    ]
    return [whole + opening for whole, opening in zip(keys[::2], keys[1::2], strict=True)]


def boilerplate(texts: Sequence[Copyable]) -> set[Shingle]:
    """Shingles that stand under several unlike titles."""
    if len(texts) < BOILERPLATE_TITLES:
        return set()
    stands: Counter[Shingle] = Counter()
    for text in texts:
        stands.update(set(text.shingles))
    often = {shingle for shingle, count in stands.items() if count >= BOILERPLATE_TITLES}
    rows_of: defaultdict[Shingle, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        for shingle in often.intersection(text.shingles):
            rows_of[shingle].append(row)
    # A paragraph's shingles stand in the same texts: their titles are compared once.
    shingles_of: defaultdict[tuple[int, ...], list[Shingle]] = defaultdict(list)
    for shingle, rows in rows_of.items():
        shingles_of[tuple(rows)].append(shingle)
    unlike = (rows for rows in shingles_of if _are_unlike([texts[row].title for row in rows]))
    return {shingle for rows in unlike for shingle in shingles_of[rows]}


def _are_unlike(titles: list[str]) -> bool:
    """Whether BOILERPLATE_TITLES of the titles are unlike one another."""
    unlike: list[str] = []
    for title in titles[:MAX_BUCKET]:
        if all(_like(title, other) < LIKE_TITLES for other in unlike):
            unlike.append(title)
            if len(unlike) == BOILERPLATE_TITLES:
                return True
    return False


def compare(
    one: Copyable, other: Copyable, ignored: set[Shingle], cosine: float = 1.0
) -> CopyEvidence | None:
    """Evidence that both are one text, or None. `ignored` is boilerplate, `cosine` that of their
    vectors."""
    titles = _like(one.title, other.title)
    if one.address and one.address == other.address and titles >= LIKE_TITLES:
        return CopyEvidence(1.0, titles)
    bodies = [[s for s in text.shingles if s not in ignored] for text in (one, other)]
    shorter, longer = sorted(bodies, key=len)
    contained = _share(shorter, longer)
    if len(shorter) < MIN_SHINGLES or contained < CONTAINED:
        return _by_title(one, other, contained, bool(shorter))
    if cosine < LIKE_VECTORS:
        return None
    is_long = len(shorter) >= MIN_SHINGLES_ALONE
    if titles >= LIKE_TITLES or (is_long and _opens_alike(shorter, longer)):
        return CopyEvidence(contained, titles)
    return None


def find_copies(items: Sequence[Item]) -> list[int | None]:
    """For each item the row of the earliest item that it copies, or None."""
    texts = [prepare(item) for item in items]
    ignored = boilerplate(texts)
    parents = list(range(len(items)))
    for one, other in sorted(_sharing(texts)):
        a, b = _root(parents, one), _root(parents, other)
        if a != b and compare(texts[one], texts[other], ignored):
            parents[max(a, b, key=lambda row: _age(items, row))] = min(
                a, b, key=lambda row: _age(items, row)
            )
    roots = [_root(parents, row) for row in range(len(items))]
    return [root if root != row else None for row, root in enumerate(roots)]


def _sharing(texts: Sequence[Copyable]) -> set[tuple[int, int]]:
    """Pairs of rows that share a key."""
    rows_of: defaultdict[int, list[int]] = defaultdict(list)
    for row, keys in enumerate(copy_keys(texts)):
        for key in keys:
            rows_of[key].append(row)
    found = set()
    for rows in rows_of.values():
        near = rows[:MAX_BUCKET]
        found |= {(a, b) for i, a in enumerate(near) for b in near[i + 1 :]}
    return found


def _age(items: Sequence[Item], row: int) -> tuple[float, int]:
    at = items[row].at
    return (at.timestamp() if at else float("inf"), row)


def _root(parents: list[int], row: int) -> int:
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = parents[row]
    return row


def _by_title(
    one: Copyable, other: Copyable, contained: float, has_bodies: bool
) -> CopyEvidence | None:
    """Too little text in common: the same long title within days, and no body that denies it."""
    if abs(one.hours - other.hours) > SAME_TITLE_HOURS:
        return None
    exact = fuzz.token_sort_ratio(one.title, other.title) / 100
    fewest = min(len(one.title_words), len(other.title_words))
    if fewest < MIN_TITLE_WORDS or exact < SAME_TITLES:
        return None
    if has_bodies and contained < CONTAINED_UNDER_TITLE:
        return None
    return CopyEvidence(contained, exact)


def _like(one: str, other: str) -> float:
    return fuzz.token_set_ratio(one, other) / 100


def _opens_alike(shorter: list[Shingle], longer: list[Shingle]) -> bool:
    """Whether they agree from the start; a dateline may stand before one of them, not both."""
    if _share(shorter[:OPENING_COMPARED], longer) < OPENING_CONTAINED:
        return False
    return (
        _share(shorter[:START_COMPARED], longer) > 0 or _share(longer[:START_COMPARED], shorter) > 0
    )


def _share(part: list[Shingle], whole: list[Shingle]) -> float:
    small = set(part)
    return len(small.intersection(whole)) / len(small) if small else 0.0


def _address(url: str) -> str:
    if not url:
        return ""
    try:
        return canonicalize_url(url)
    except ValueError:
        return ""


def _key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
