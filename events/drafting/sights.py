"""A story and an event of the record as they are compared. Pure."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from events.drafting.happenings import kinds_of
from events.drafting.texts import EventText, SourceText, words_of
from events.language.amounts import amounts
from events.language.background import Floats, load_background
from events.language.gazetteer import Gazetteer
from events.language.names import names
from events.language.words import MAX_TITLE_CHARS, clean

_SUMMARY_CHARS = 600
# Who says it in these is who did it; of the press that is not so.
_OWN_VOICE = ("lab", "company", "official", "academic", "person")
_SUMMARIES = 5
Days = tuple[datetime.date, datetime.date]


@dataclass(frozen=True)
class StorySight:
    vector: Floats
    title_vectors: Floats
    titles: tuple[frozenset[str], ...]
    words: frozenset[str]
    names: frozenset[str]
    kinds: tuple[frozenset[str], ...]  # one set per title
    amounts: frozenset[float]
    named: frozenset[int]  # actors in titles
    publishing: frozenset[int]  # actors who put a source out themselves
    leading: int | None  # whom titles name first
    days: tuple[Days, ...]  # of sources with a date: first and last possible day


@dataclass(frozen=True)
class EventSight:
    vector: Floats
    title_vector: Floats
    title: frozenset[str]
    summary: frozenset[str]
    words: frozenset[str]
    names: frozenset[str]
    kinds: frozenset[str]
    summary_kinds: frozenset[str]
    amounts: frozenset[float]
    named: frozenset[int]
    leading: int | None
    actors: frozenset[int]
    earliest: datetime.date | None
    latest: datetime.date | None


def sight_of_sources(sources: Sequence[SourceText], gazetteer: Gazetteer) -> StorySight:
    titles = [clean(source.title, MAX_TITLE_CHARS) for source in sources]
    summaries = [clean(source.summary, _SUMMARY_CHARS) for source in sources[:_SUMMARIES]]
    whole = " . ".join(text for text in [*titles, *summaries] if text)
    title_words = tuple(words_of(title) for title in titles)
    named = [gazetteer.keys(title) for title in titles]
    publishing = {
        key
        for source in sources
        if source.publisher_kind in _OWN_VOICE
        for key in gazetteer.keys(source.publisher)
    }
    first = Counter(keys[0] for keys in named if keys).most_common(1)
    vectors = load_background().embed([whole, *titles])
    return StorySight(
        vector=vectors[0],
        title_vectors=vectors[1:],
        titles=title_words,
        words=words_of(whole),
        names=frozenset(names(whole)),
        kinds=tuple(kinds_of(title) for title in titles),
        amounts=amounts(whole),
        named=frozenset(key for keys in named for key in keys),
        publishing=frozenset(publishing),
        leading=first[0][0] if first else min(publishing, default=None),
        days=tuple(source.days for source in sources if source.days),
    )


def sight_of_event(event: EventText, gazetteer: Gazetteer) -> EventSight:
    """By the words of its editors alone: sources would make a much-cited event like anything."""
    title = clean(event.title, MAX_TITLE_CHARS)
    summary = clean(event.summary, _SUMMARY_CHARS)
    whole = f"{title} . {summary}"
    vectors = load_background().embed([whole, title])
    named = gazetteer.keys(title)
    return EventSight(
        vector=vectors[0],
        title_vector=vectors[1],
        title=words_of(title),
        summary=words_of(summary),
        words=words_of(whole),
        names=frozenset(names(whole)),
        kinds=kinds_of(title),
        summary_kinds=kinds_of(summary),
        amounts=amounts(whole),
        named=frozenset(named),
        leading=named[0] if named else None,
        actors=frozenset(event.actors),
        earliest=event.earliest,
        latest=event.latest,
    )
