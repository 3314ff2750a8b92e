"""Which event of the record a story looks like: trained and cross-validated for train_drafting.

All sources of an event make the story, and the record keeps of the event only its title, summary
and actors, a moderator's work (`looks_like`); the same without any dates (`looks_like_undated`);
or half of the sources make the story and the event keeps the rest (`looks_like_halved`).
`wrong_first` is another event named though the right one is in the record. `if_absent` is an
event named though it is not: the right one is taken out, its words too. Digests, which several
events cite, make no story.

What is said of an event is said by weights, by a decision and from a threshold that saw neither
it nor its sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from events.drafting.choosing import Flags, Likeness, leads
from events.drafting.choosing import chance as chance_of
from events.drafting.likeness import SIGNS
from events.language.background import Floats
from tests.benchmarks.stories.drafting_lessons import WAYS, Lesson, lessons_of
from tests.benchmarks.stories.drafting_record import FOLDS, Record
from tests.benchmarks.stories.run import report
from tests.benchmarks.stories.train_drafting_actors import Proposed, report_actors

# Which stories choose the threshold, without dates and with, and how many of them may be told of
# another event when theirs is absent. Without dates siblings are not told apart: at the strict
# share hardly anything would be found, and what is found is the only hint there is.
CHOOSING = {"looks_like_undated": 0.1, "looks_like": 0.018}


@dataclass(frozen=True)
class Cases:
    """The event that comes first for each lesson: with the right one in the record, or without."""

    stands: Floats  # its log-odds, and its lead over the next
    is_dated: Flags
    is_right: Flags
    event: NDArray[np.int64]

    def of(self, chosen: Flags) -> Cases:
        return replace(self, **{name: value[chosen] for name, value in vars(self).items()})


@dataclass(frozen=True)
class Judged:
    """All lessons as models judged them that had not seen their events."""

    lessons: list[Lesson]
    here: Cases
    gone: Cases
    chance_here: Floats
    chance_gone: Floats
    enough: Floats  # for each lesson the threshold that holds for it
    models: list[Likeness]  # one for each fold, which it has not seen

    def of(self, way: str) -> Flags:
        return np.array([lesson.way == way for lesson in self.lessons])


def train_likeness(record: Record, fold: NDArray[np.int64], proposed: Proposed) -> Likeness:
    lessons = [lesson for way in WAYS for lesson in lessons_of(record, way)]
    judged = judge(lessons, np.array([fold[lesson.number] for lesson in lessons]))
    for way in WAYS:
        _report(way, judged)
    known = {event: set(actors) for event, actors in proposed.items()}
    is_named = judged.chance_here >= judged.enough
    for n in np.flatnonzero(judged.of("looks_like") & is_named):
        known[lessons[n].number] |= set(record.events[judged.here.event[n]].actors)
    report_actors("actors_in_record", record, known, {})
    return replace(
        weighed(lessons),
        standing=standing(judged.here, judged.gone),
        enough=enough(lessons, judged.chance_gone),
    )


def judge(lessons: list[Lesson], fold: NDArray[np.int64]) -> Judged:
    def others(k: int) -> list[Lesson]:
        return [lesson for lesson, f in zip(lessons, fold, strict=True) if f != k]

    models = [weighed(others(k)) for k in range(FOLDS)]
    each = list(zip(lessons, (models[f] for f in fold), strict=True))
    here = _cases([_first(model, lesson) for lesson, model in each])
    gone = _cases([_first(model, lesson.without()) for lesson, model in each])
    decisions = [standing(here.of(fold != k), gone.of(fold != k)) for k in range(FOLDS)]
    of_each = np.array([decisions[f] for f in fold])
    chance_here, chance_gone = _chances(of_each, here), _chances(of_each, gone)
    limits = [enough(others(k), chance_gone[fold != k]) for k in range(FOLDS)]
    of_lesson = np.array([limits[f][int(d)] for f, d in zip(fold, here.is_dated, strict=True)])
    models = [
        replace(model, standing=decision, enough=limit)
        for model, decision, limit in zip(models, decisions, limits, strict=True)
    ]
    return Judged(lessons, here, gone, chance_here, chance_gone, of_lesson, models)


def weighed(lessons: Sequence[Lesson]) -> Likeness:
    """How much each sign says, of single events; nothing is decided yet."""
    signs = np.concatenate([lesson.signs for lesson in lessons])
    is_right = np.concatenate([lesson.is_right for lesson in lessons])
    dated = np.concatenate([lesson.are_dated for lesson in lessons])
    weights, bias = np.zeros((2, len(SIGNS)), np.float32), np.zeros(2, np.float32)
    for row in (0, 1):
        mine = dated == bool(row)
        scaler = StandardScaler().fit(signs[mine])
        model = LogisticRegression(C=0.3, max_iter=3000)
        model.fit(scaler.transform(signs[mine]), is_right[mine])
        weights[row] = model.coef_[0] / scaler.scale_
        bias[row] = model.intercept_[0] - float(weights[row] @ scaler.mean_)
    return Likeness(weights, bias, np.zeros((2, 3), np.float32), np.ones(2, np.float32))


def _first(model: Likeness, lesson: Lesson) -> tuple[Floats, bool, bool, int]:
    odds = model.odds(lesson.signs, lesson.are_dated)
    best = int(np.argmax(odds))
    stands = np.array([odds[best], leads(odds)[best]])
    return stands, lesson.are_dated[best], lesson.is_right[best], int(lesson.events[best])


def _cases(first: Sequence[tuple[Floats, bool, bool, int]]) -> Cases:
    return Cases(*(np.array(column) for column in zip(*first, strict=True)))


def standing(here: Cases, gone: Cases) -> Floats:
    """Own log-odds, lead and bias, without and with dates: is what comes first the right one?"""
    found = np.zeros((2, 3), np.float32)
    for row in (0, 1):
        parts = [cases.of(cases.is_dated == bool(row)) for cases in (here, gone)]
        model = LogisticRegression(C=10)
        model.fit(
            np.concatenate([part.stands for part in parts]),
            np.concatenate([part.is_right for part in parts]),
        )
        found[row] = [*model.coef_[0], model.intercept_[0]]
    return found


def _chances(decisions: Floats, cases: Cases) -> Floats:
    own, lead, bias = decisions[np.arange(len(decisions)), cases.is_dated.astype(int)].T
    return chance_of(own * cases.stands[:, 0] + lead * cases.stands[:, 1] + bias)


def enough(lessons: Sequence[Lesson], chance_gone: Floats) -> Floats:
    """The lowest thresholds, without and with dates, that name hardly any event if absent."""
    way = np.array([lesson.way for lesson in lessons])
    return np.array(
        [_limit(chance_gone[way == name], share) for name, share in CHOOSING.items()], np.float32
    )


def _limit(chances: Floats, share: float) -> float:
    """Above so many of the highest chances that no more than this share reach it."""
    highest = np.sort(chances)[::-1]
    allowed = int(share * len(highest))
    return float(highest[allowed - 1 : allowed + 1].mean()) if allowed else float(highest[0])


def _report(way: str, judged: Judged) -> None:
    mine = judged.of(way)
    is_right, gone = judged.here.is_right[mine], judged.chance_gone[mine]
    here, limit = judged.chance_here[mine], judged.enough[mine]
    nearest = SIGNS.index("vector")
    peer = np.mean(
        [
            lesson.is_right[lesson.signs[:, nearest].argmax()]
            for lesson in judged.lessons
            if lesson.way == way
        ]
    )
    report(f"drafting.{way}.found", float(np.mean(is_right & (here >= limit))), float(peer))
    report(f"drafting.{way}.wrong_first", float(np.mean(~is_right & (here >= limit))))
    report(f"drafting.{way}.if_absent", float(np.mean(gone >= limit)))
    for share in (0.01, 0.02, 0.03):
        cut = np.sort(gone)[::-1][int(share * len(gone))]
        report(f"drafting.{way}.found_at_{share}_absent", float(np.mean(is_right & (here > cut))))
