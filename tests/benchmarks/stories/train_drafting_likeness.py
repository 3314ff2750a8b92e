"""Which event of the record a story looks like: trained and cross-validated for train_drafting.

All sources of an event make the story, and the record keeps of the event only its title, summary
and actors, a moderator's work (`looks_like`); or half of the sources make the story and the event
keeps the rest (`looks_like_halved`). `wrong_first` is another event put before the right one;
`if_absent` is another event named at all, as it would be if the right one were not in the record.
Digests, which several events cite, make no story.
"""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from events.drafting.likeness import (
    SIGNS,
    Sight,
    likeness_signs,
    sight_of_event,
    sight_of_sources,
)
from events.drafting.models import LOOKS_LIKE
from events.drafting.texts import EventText, SourceText
from events.language.background import Floats
from tests.benchmarks.stories.drafting_record import FOLDS, Record
from tests.benchmarks.stories.run import report
from tests.benchmarks.stories.train_drafting_actors import Proposed, report_actors

CANDIDATES = 12
Lesson = tuple[Floats, NDArray[np.bool_], NDArray[np.int64]]  # signs, is it right, which event
Lessons = dict[int, Lesson]


def train_likeness(
    record: Record, fold: NDArray[np.int64], proposed: Proposed
) -> LogisticRegression:
    cited = Counter(source for event in record.events for source in set(event.sources))
    ways = {
        "looks_like": lessons_of([titled(record, event, cited) for event in record.events]),
        "looks_like_halved": lessons_of([halved(record, event, cited) for event in record.events]),
    }
    models = [
        _fit_likeness([way[n] for way in ways.values() for n in way if fold[n] != k])
        for k in range(FOLDS)
    ]
    for name, lessons in ways.items():
        _report_likeness(name, lessons, fold, models)
    known = {event: set(actors) for event, actors in proposed.items()}
    for n, (signs, _, which) in ways["looks_like"].items():
        p = models[fold[n]].predict_proba(signs)[:, 1]
        if p.max() >= LOOKS_LIKE:
            known[n] |= set(record.events[which[p.argmax()]].actors)
    report_actors("actors_in_record", record, known, {})
    return _fit_likeness([lesson for way in ways.values() for lesson in way.values()])


def _report_likeness(
    name: str, lessons: Lessons, fold: NDArray[np.int64], models: list[LogisticRegression]
) -> None:
    rows = []
    for n, (signs, is_right, _) in lessons.items():
        p = models[fold[n]].predict_proba(signs)[:, 1]
        by_vector = signs[:, SIGNS.index("vector")]
        rows.append((p[is_right].max(), p[~is_right].max(), is_right[by_vector.argmax()]))
    right, other, peer = np.array(rows, float).T
    first = right > other
    report(
        f"drafting.{name}.found", float(np.mean((right >= LOOKS_LIKE) & first)), float(peer.mean())
    )
    report(f"drafting.{name}.wrong_first", float(np.mean((other >= LOOKS_LIKE) & ~first)))
    report(f"drafting.{name}.if_absent", float(np.mean(other >= LOOKS_LIKE)))


def lessons_of(pairs: list[tuple[Sight | None, Sight]]) -> Lessons:
    known = [event for _, event in pairs]
    return {n: _likeness_lessons(n, story, known) for n, (story, _) in enumerate(pairs) if story}


def titled(
    record: Record, event: EventText, cited: Counter[SourceText]
) -> tuple[Sight | None, Sight]:
    """A story of all the event's own sources, and the event by its title and summary alone."""
    own = [source for source in event.sources if cited[source] == 1]
    actors = record.who.gazetteer.keys(" . ".join(source.title for source in own))
    left = sight_of_event(dataclasses.replace(event, sources=()))
    return (sight_of_sources(own, actors) if own else None), left


def halved(
    record: Record, event: EventText, cited: Counter[SourceText]
) -> tuple[Sight | None, Sight]:
    """A story of half of the event's own sources, and the event with the rest."""
    own = [source for source in event.sources if cited[source] == 1]
    story = own[: (len(own) + 1) // 2]
    rest = tuple(source for source in event.sources if source not in story)
    actors = record.who.gazetteer.keys(" . ".join(source.title for source in story))
    left = sight_of_event(dataclasses.replace(event, sources=rest))
    return (sight_of_sources(story, actors) if story else None), left


def _likeness_lessons(number: int, story: Sight, known: list[Sight]) -> Lesson:
    """The right event and the nearest others."""
    near = np.array([float(story.vector @ event.vector) for event in known])
    near[number] = 9
    chosen = np.argsort(-near)[: CANDIDATES + 1]
    signs = np.array([likeness_signs(story, known[n]) for n in chosen])
    return signs, chosen == number, chosen


def _fit_likeness(lessons: list[Lesson]) -> LogisticRegression:
    x, y, _ = (np.concatenate(part) for part in zip(*lessons, strict=True))
    return LogisticRegression(C=10, max_iter=3000).fit(x, y)
