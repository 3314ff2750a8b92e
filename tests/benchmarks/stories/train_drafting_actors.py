"""Who takes part: trained and cross-validated for train_drafting."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from events.drafting.actors import candidate_signs
from events.drafting.lore import Lore
from events.drafting.models import TAKES_PART
from events.drafting.texts import EventText
from events.language.background import Floats
from tests.benchmarks.stories.drafting_record import FOLDS, Record
from tests.benchmarks.stories.run import report

INNER = 4
Proposed = dict[int, set[int]]


def train_actors(record: Record, fold: NDArray[np.int64]) -> tuple[LogisticRegression, Proposed]:
    proposed: Proposed = {}
    for k in range(FOLDS):
        seen = [e for e in record.events if fold[e.key] != k]
        model = LogisticRegression(max_iter=2000).fit(*_actor_lessons(record, seen))
        lore = Lore(seen)
        for event in (e for e in record.events if fold[e.key] == k):
            signs = candidate_signs(event.sources, record.who, lore)
            p = model.predict_proba(np.array(list(signs.values())))[:, 1] if signs else []
            proposed[event.key] = {
                a for a, chance in zip(signs, p, strict=True) if chance >= TAKES_PART
            }
    report_actors("actors", record, proposed, _scores(record, _named(record)))
    final = LogisticRegression(max_iter=2000).fit(*_actor_lessons(record, record.events))
    return final, proposed


def report_actors(name: str, record: Record, proposed: Proposed, peer: dict[str, float]) -> None:
    for measure, value in _scores(record, proposed).items():
        report(f"drafting.{name}.{measure}", value, peer.get(measure))


def _named(record: Record) -> Proposed:
    """The peer: whoever a title names."""
    return {
        event.key: {key for s in event.sources for key in record.who.gazetteer.keys(s.title)}
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
        signs = candidate_signs(event.sources, record.who, own)
        x += list(signs.values())
        y += [actor in event.actors for actor in signs]
    return np.array(x), np.array(y)
