"""Does an event of the record tell of the same happening as some sources? Pure.

The score is a calibrated probability; its reasons are what both share.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from events.drafting.texts import EventText, SourceText, all_titles
from events.language.background import Floats, hash_term, load_background
from events.language.names import names, numbers
from events.language.words import clean, content_words

_SUMMARY_CHARS = 600
_VERSION = re.compile(r"\b(?:[a-z]{1,3}\d[\w.]*|\d+(?:\.\d+)+|(?<=[-\s])\d{1,2}(?=[\s:,-]|$))\b")
SIGNS = (
    "vector",
    "title_vector",
    "nearest_title",
    "covered",
    "title_covered",
    "shared_weight",
    "shared_rarest",
    "names_weight",
    "numbers_weight",
    "actors_share",
    "no_actors",
    "days_apart",
    "undated",
    "title_names_covered",
    "own_names_covered",
    "versions_shared",
    "versions_differ",
    "same_time_and_near",
    "same_time_and_covered",
    "far_in_time",
)


@dataclass(frozen=True)
class Sight:
    """Texts as they are compared."""

    vector: Floats
    titles: Floats  # one vector per title
    words: dict[int, str]
    title_words: frozenset[int]
    title_names: frozenset[str]
    versions: frozenset[str]  # R1, GPT-4o, 2.5: what tells one release from the next
    names: frozenset[str]
    numbers: frozenset[str]
    actors: frozenset[int]
    earliest: datetime.date | None
    latest: datetime.date | None


def sight_of_sources(sources: Sequence[SourceText], actors: Sequence[int]) -> Sight:
    dates = [source.published for source in sources if source.published]
    summaries = " ".join(clean(source.summary, _SUMMARY_CHARS) for source in sources[:5])
    titles = [source.title for source in sources]
    return _sight(
        all_titles(sources),
        titles,
        summaries,
        actors,
        min(dates, default=None),
        max(dates, default=None),
    )


def sight_of_event(event: EventText) -> Sight:
    titles = [event.title, *(source.title for source in event.sources)]
    text = f"{event.title} . {all_titles(event.sources)}"
    return _sight(text, titles, event.summary, event.actors, event.earliest, event.latest)


def _sight(
    text: str,
    titles: list[str],
    summary: str,
    actors: Sequence[int],
    earliest: datetime.date | None,
    latest: datetime.date | None,
) -> Sight:
    background = load_background()
    whole = f"{text} . {clean(summary, _SUMMARY_CHARS)}"
    vectors = background.embed([whole, *titles])
    return Sight(
        vector=vectors[0],
        titles=vectors[1:],
        words={hash_term(word): word for word in content_words(whole)},
        title_words=frozenset(hash_term(word) for word in content_words(titles[0])),
        title_names=frozenset(names(" . ".join(titles[:1]))),
        versions=frozenset(_VERSION.findall(text.lower())),
        names=frozenset(names(whole)),
        numbers=frozenset(number for number in numbers(whole) if len(number) > 1),
        actors=frozenset(actors),
        earliest=earliest,
        latest=latest,
    )


def likeness_signs(story: Sight, event: Sight) -> Floats:
    """One row, as in SIGNS."""
    weight = load_background().term_weight()
    shared = np.array(list(story.words.keys() & event.words.keys()), np.int64)
    rarest = np.sort(weight[shared])[::-1] if len(shared) else np.zeros(1, np.float32)
    total = float(weight[list(story.words)].sum()) + 1e-6
    title = list(event.title_words)
    title_total = float(weight[title].sum()) + 1e-6
    title_shared = [term for term in title if term in story.words]
    named = [hash_term("n:" + name) for name in story.names & event.names]
    either = len(story.actors | event.actors)
    days = _days_apart(story, event)
    nearness = float((story.titles @ event.titles.T).max())
    covered = float(weight[title_shared].sum()) / title_total
    return np.array(
        [
            float(story.vector @ event.vector),
            float(story.vector @ event.titles[0]),
            nearness,
            float(rarest.sum()) / total,
            covered,
            np.log1p(rarest.sum()),
            rarest[:3].mean() / 10,
            np.log1p(weight[named].sum()) if named else 0.0,
            np.log1p(len(story.numbers & event.numbers)),
            len(story.actors & event.actors) / max(1, either),
            not story.actors or not event.actors,
            np.log1p(min(days or 0, 400)) / 6,
            days is None,
            _covered(event.title_names, story.names),
            _covered(story.title_names, event.names),
            bool(story.versions & event.versions),
            bool(story.versions and event.versions and not story.versions & event.versions),
            nearness * (1 if days is not None and days <= 2 else 0),
            covered * (1 if days is not None and days <= 2 else 0),
            days is not None and days > 14,
        ],
        np.float32,
    )


def reasons(story: Sight, event: Sight) -> tuple[str, ...]:
    """What both share: names first, then rare words, each rarest first; then the time."""
    named = {name: hash_term(f"n:{name}") for name in story.names & event.names}
    shared = {event.words[term]: term for term in story.words.keys() & event.words.keys()}
    said = dict.fromkeys([*_rarest(named)[:3], *_rarest(shared)[:4]])
    days = _days_apart(story, event)
    if days is not None and days <= 3:
        said["same days" if days else "same day"] = None
    return tuple(said)


def _rarest(terms: Mapping[str, int]) -> list[str]:
    weight = load_background().term_weight()
    return sorted(terms, key=lambda word: (-float(weight[terms[word]]), word))


def _covered(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / len(part) if part else 0.5


def _days_apart(story: Sight, event: Sight) -> int | None:
    """Days between the two spans of time; 0 when they meet, None when either is not known."""
    if not (story.earliest and story.latest and event.earliest and event.latest):
        return None
    after = (story.earliest - event.latest).days
    before = (event.earliest - story.latest).days
    return max(0, after, before)
