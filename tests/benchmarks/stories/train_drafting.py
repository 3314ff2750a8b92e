"""Train what drafting learns from the initial record; print cross-validated scores.

    make train-drafting

Every event is judged by models, and by lore, that saw neither it nor its sources. For "looks
like event X" the story is made of half of the event's sources (the only one, if it has one),
which are then taken out of the record; a false alarm is another event named, as it would be if
the right one were not in the record at all. Digests, which several events cite, make no story.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections import Counter
from pathlib import Path

import numpy as np
import yaml
from edtf import parse_edtf
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from events.drafting.actors import candidate_signs, gazetteer_names
from events.drafting.categories import category_signs
from events.drafting.likeness import Sight, likeness_signs, sight_of_event, sight_of_sources
from events.drafting.lore import Lore
from events.drafting.models import MODEL_FILE
from events.drafting.texts import EventText, SourceText
from events.language.background import Floats
from events.language.gazetteer import Gazetteer

RECORD = Path(__file__).resolve().parents[3] / "events" / "record"
FOLDS = 5
INNER = 4
CANDIDATES = 12
ACTOR_THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5)
LIKENESS_THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclasses.dataclass
class Record:
    events: list[EventText]
    gazetteer: Gazetteer
    kinds: dict[int, str]


def main() -> None:
    record = read_record()
    fold = np.random.default_rng(0).permutation(len(record.events)) % FOLDS
    actors = train_actors(record, fold)
    category = train_category(record, fold)
    likeness = train_likeness(record, fold)
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


def train_actors(record: Record, fold: NDArray[np.int64]) -> LogisticRegression:
    said, true = [], []
    for k in range(FOLDS):
        seen = [e for e in record.events if fold[e.key] != k]
        x, y = _actor_lessons(record, seen)
        model = LogisticRegression(max_iter=2000).fit(x, y)
        lore = Lore(seen)
        for event in (e for e in record.events if fold[e.key] == k):
            signs = candidate_signs(event.sources, record.gazetteer, lore, record.kinds)
            if signs:
                said.append(model.predict_proba(np.array(list(signs.values())))[:, 1])
                true.append([actor in event.actors for actor in signs])
    p, y = np.concatenate(said), np.concatenate(true)
    total = sum(len(set(event.actors)) for event in record.events)
    for threshold in ACTOR_THRESHOLDS:
        right = float((y & (p >= threshold)).sum())
        precision, recall = right / (p >= threshold).sum(), right / total
        f1 = 2 * precision * recall / (precision + recall)
        say("actors", threshold=threshold, precision=precision, recall=recall, f1=f1)
    return LogisticRegression(max_iter=2000).fit(*_actor_lessons(record, record.events))


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
    say("category", right=right / len(y))
    return LogisticRegression(C=0.5, max_iter=2000).fit(x, y)


def train_likeness(record: Record, fold: NDArray[np.int64]) -> LogisticRegression:
    cited = Counter(source for event in record.events for source in set(event.sources))
    halves = [halved(record, event, cited) for event in record.events]
    known = [event for _, event in halves]
    lessons = {
        n: _likeness_lessons(n, story, known) for n, (story, _) in enumerate(halves) if story
    }
    found = np.zeros((len(halves), 2))  # probability of the right one, and of the best other
    first = np.zeros(len(halves), bool)
    for k in range(FOLDS):
        model = _fit_likeness([lessons[n] for n in lessons if fold[n] != k])
        for n in (n for n in lessons if fold[n] == k):
            signs, right = lessons[n]
            p = model.predict_proba(signs)[:, 1]
            found[n] = p[right].max(initial=0), p[~right].max(initial=0)
            first[n] = found[n, 0] > found[n, 1]
    found, first = found[list(lessons)], first[list(lessons)]
    for threshold in LIKENESS_THRESHOLDS:
        hit = found[:, 0] >= threshold
        say(
            "looks_like",
            threshold=threshold,
            found=hit.mean(),
            found_first=(hit & first).mean(),
            false_alarms=(found[:, 1] >= threshold).mean(),
        )
    return _fit_likeness(list(lessons.values()))


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


def _likeness_lessons(
    number: int, story: Sight, known: list[Sight]
) -> tuple[Floats, NDArray[np.bool_]]:
    """The right event and the nearest others."""
    near = np.array([float(story.vector @ event.vector) for event in known])
    near[number] = 9
    chosen = np.argsort(-near)[: CANDIDATES + 1]
    signs = np.array([likeness_signs(story, known[n]) for n in chosen])
    return signs, chosen == number


def _fit_likeness(lessons: list[tuple[Floats, NDArray[np.bool_]]]) -> LogisticRegression:
    x, y = (np.concatenate(part) for part in zip(*lessons, strict=True))
    return LogisticRegression(C=10, max_iter=3000).fit(x, y)


def _day(published: object) -> datetime.date | None:
    return _bounds(str(published))[0] if published else None


def _bounds(edtf: str) -> tuple[datetime.date | None, datetime.date | None]:
    parsed = parse_edtf(edtf)
    ends = (parsed.lower_strict(), parsed.upper_strict())
    # An open end is written as an infinity.
    first, last = (None if isinstance(e, float) else datetime.date(*e[:3]) for e in ends)
    return first, last


def say(name: str, **values: float) -> None:
    print(json.dumps({"drafting": name, **{k: round(float(v), 3) for k, v in values.items()}}))


if __name__ == "__main__":
    main()
