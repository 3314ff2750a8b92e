"""Train what drafting learns from the initial record; print cross-validated scores.

    make train-drafting     # writes drafting_model.npz
    make bench-drafting     # prints the scores only

Every event is judged, from its sources' titles alone, by models and by lore that saw neither it
nor its sources. For "looks like event X" all its sources make the story, and the record keeps
of the event only its title, summary and actors, a moderator's work (`looks_like`); or half of
the sources make the story and the event keeps the rest (`looks_like_halved`). `wrong_first` is
another event put before the right one; `if_absent` is another event named at all, as it would
be if the right one were not in the record. Digests, which several events cite, make no story.
"""

from __future__ import annotations

import dataclasses
import datetime
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import yaml
from edtf import parse_edtf
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from events.drafting.actors import candidate_signs, gazetteer_names
from events.drafting.categories import category_signs
from events.drafting.likeness import (
    SIGNS,
    Sight,
    likeness_signs,
    sight_of_event,
    sight_of_sources,
)
from events.drafting.lore import Lore
from events.drafting.models import LOOKS_LIKE, MODEL_FILE, TAKES_PART
from events.drafting.texts import EventText, SourceText
from events.language.background import Floats
from events.language.gazetteer import Gazetteer
from tests.benchmarks.stories.run import report

RECORD = Path(__file__).resolve().parents[3] / "events" / "record"
FOLDS = 5
INNER = 4
CANDIDATES = 12
Lesson = tuple[Floats, NDArray[np.bool_], NDArray[np.int64]]  # signs, is it right, which event
Lessons = dict[int, Lesson]
Proposed = dict[int, set[int]]


@dataclasses.dataclass
class Record:
    events: list[EventText]
    gazetteer: Gazetteer
    kinds: dict[int, str]


def main(*, save: bool) -> None:
    record = read_record()
    fold = np.random.default_rng(0).permutation(len(record.events)) % FOLDS
    actors, proposed = train_actors(record, fold)
    category = train_category(record, fold)
    likeness = train_likeness(record, fold, proposed)
    if save:
        np.savez_compressed(
            MODEL_FILE,
            actor_weights=actors.coef_[0].astype(np.float32),
            actor_bias=np.float32(actors.intercept_[0]),
            categories=category.classes_,
            category_weights=category.coef_.astype(np.float32),
            category_bias=category.intercept_.astype(np.float32),
            likeness_weights=likeness.coef_[0].astype(np.float32),
            likeness_bias=np.float32(likeness.intercept_[0]),
        )


def read_record() -> Record:
    actors = yaml.safe_load((RECORD / "actors.yaml").read_text("utf-8"))
    publishers = yaml.safe_load((RECORD / "publishers.yaml").read_text("utf-8"))
    kind_of = {publisher["name"]: publisher["kind"] for publisher in publishers}
    number = {actor["name"]: n for n, actor in enumerate(actors)}
    names = {n: gazetteer_names(a["name"], a["aliases"], a["kind"]) for n, a in enumerate(actors)}
    events: list[EventText] = []
    for path in sorted((RECORD / "events").glob("*.yaml")):
        for row in yaml.safe_load(path.read_text("utf-8")):
            earliest, latest = _bounds(str(row["date"]))
            sources = tuple(
                SourceText(
                    title=source["title"],
                    publisher=source["publisher"],
                    publisher_kind=kind_of.get(source["publisher"], ""),
                    published=_day(source.get("published")),
                )
                for source in row["sources"]
            )
            event = EventText(
                key=len(events),
                title=row["title"],
                summary=row["summary"],
                category=row["category"],
                earliest=earliest,
                latest=latest,
                actors=tuple(number[name] for name in row["actors"]),
                sources=sources,
            )
            events.append(event)
    return Record(events, Gazetteer(names), {n: a["kind"] for n, a in enumerate(actors)})


def train_actors(record: Record, fold: NDArray[np.int64]) -> tuple[LogisticRegression, Proposed]:
    proposed: Proposed = {}
    for k in range(FOLDS):
        seen = [e for e in record.events if fold[e.key] != k]
        model = LogisticRegression(max_iter=2000).fit(*_actor_lessons(record, seen))
        lore = Lore(seen)
        for event in (e for e in record.events if fold[e.key] == k):
            signs = candidate_signs(event.sources, record.gazetteer, lore, record.kinds)
            p = model.predict_proba(np.array(list(signs.values())))[:, 1] if signs else []
            proposed[event.key] = {
                a for a, chance in zip(signs, p, strict=True) if chance >= TAKES_PART
            }
    _report_actors("actors", record, proposed, _scores(record, _named(record)))
    final = LogisticRegression(max_iter=2000).fit(*_actor_lessons(record, record.events))
    return final, proposed


def _report_actors(name: str, record: Record, proposed: Proposed, peer: dict[str, float]) -> None:
    for measure, value in _scores(record, proposed).items():
        report(f"drafting.{name}.{measure}", value, peer.get(measure))


def _named(record: Record) -> Proposed:
    """The peer: whoever a title names."""
    return {
        event.key: {key for s in event.sources for key in record.gazetteer.keys(s.title)}
        for event in record.events
    }


def _scores(record: Record, proposed: Proposed) -> dict[str, float]:
    right = sum(len(proposed[event.key] & set(event.actors)) for event in record.events)
    said = sum(len(actors) for actors in proposed.values())
    total = sum(len(set(event.actors)) for event in record.events)
    return {
        "precision": right / max(1, said),
        "recall": right / total,
        "f1": 2 * right / (said + total),
    }


def _actor_lessons(record: Record, events: list[EventText]) -> tuple[Floats, NDArray[np.bool_]]:
    """Signs with lore that has not seen the event, as it will be."""
    lore = {k: Lore(e for e in events if e.key % INNER != k) for k in range(INNER)}
    x, y = [], []
    for event in events:
        own = lore[event.key % INNER]
        signs = candidate_signs(event.sources, record.gazetteer, own, record.kinds)
        x += list(signs.values())
        y += [actor in event.actors for actor in signs]
    return np.array(x), np.array(y)


def train_category(record: Record, fold: NDArray[np.int64]) -> LogisticRegression:
    x = np.array([category_signs(event.sources) for event in record.events])
    y = np.array([event.category for event in record.events])
    right = 0
    for k in range(FOLDS):
        model = LogisticRegression(C=0.5, max_iter=2000).fit(x[fold != k], y[fold != k])
        right += int((model.predict(x[fold == k]) == y[fold == k]).sum())
    commonest = Counter(y.tolist()).most_common(1)[0][1]
    report("drafting.category.right", right / len(y), commonest / len(y))
    return LogisticRegression(C=0.5, max_iter=2000).fit(x, y)


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
    _report_actors("actors_in_record", record, known, {})
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
    actors = record.gazetteer.keys(" . ".join(source.title for source in own))
    left = sight_of_event(dataclasses.replace(event, sources=()))
    return (sight_of_sources(own, actors) if own else None), left


def halved(
    record: Record, event: EventText, cited: Counter[SourceText]
) -> tuple[Sight | None, Sight]:
    """A story of half of the event's own sources, and the event with the rest."""
    own = [source for source in event.sources if cited[source] == 1]
    story = own[: (len(own) + 1) // 2]
    rest = tuple(source for source in event.sources if source not in story)
    actors = record.gazetteer.keys(" . ".join(source.title for source in story))
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


def _day(published: object) -> datetime.date | None:
    return _bounds(str(published))[0] if published else None


def _bounds(edtf: str) -> tuple[datetime.date | None, datetime.date | None]:
    parsed = parse_edtf(edtf)
    ends = (parsed.lower_strict(), parsed.upper_strict())
    # An open end is written as an infinity.
    first, last = (None if isinstance(e, float) else datetime.date(*e[:3]) for e in ends)
    return first, last


if __name__ == "__main__":
    main(save="--score" not in sys.argv[1:])
