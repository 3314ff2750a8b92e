"""What drafting reads: sources and events as plain texts. Pure, so that it is measured on files
exactly as it runs on rows."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from events.language.words import MAX_TITLE_CHARS, clean, content_words


@dataclass(frozen=True)
class SourceText:
    title: str
    summary: str = ""
    publisher: str = ""
    publisher_kind: str = ""
    published: datetime.date | None = None
    published_until: datetime.date | None = None  # where only the month or year is known

    @property
    def days(self) -> tuple[datetime.date, datetime.date] | None:
        if self.published is None:
            return None
        return self.published, self.published_until or self.published


@dataclass(frozen=True)
class EventText:
    """An event of the record."""

    key: int
    title: str
    summary: str
    category: str
    earliest: datetime.date | None
    latest: datetime.date | None
    actors: tuple[int, ...]
    sources: tuple[SourceText, ...] = field(default=())


def words_of(text: str) -> frozenset[str]:
    """Words of a text; of DeepSeek-V3 also the parts."""
    found = content_words(clean(text))
    parts = [part for word in found if "-" in word for part in word.split("-") if part]
    return frozenset([*found, *parts])


def title_terms(title: str) -> set[str]:
    """Words and pairs of words of a title, lower case."""
    found = content_words(clean(title, MAX_TITLE_CHARS))
    return {*found, *(f"{a} {b}" for a, b in pairwise(found))}


def source_terms(source: SourceText) -> set[str]:
    """The title's terms and, marked, the publisher: `who says it` often is `who did it`."""
    marked = {f"@{source.publisher.lower()}"} if source.publisher else set()
    return title_terms(source.title) | marked


def all_titles(sources: Sequence[SourceText]) -> str:
    return " . ".join(clean(source.title, MAX_TITLE_CHARS) for source in sources)
