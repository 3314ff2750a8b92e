"""Does an event of the record tell of the same happening as some sources? Pure.

Signs are compared pair by pair; `models.py` weighs them, and then asks whether the best event
stands out from the second best. The reasons are what both share.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

import numpy as np

from events.drafting.rarity import Rarity, news_weight
from events.drafting.sights import Days, EventSight, StorySight
from events.language.background import Floats

TIME_SIGNS = (
    "vague",
    "first_before",
    "first_after",
    "days_nearest",
    "days_middle",
    "days_farthest",
    "share_near",
    "same_day",
)
SIGNS = (
    *TIME_SIGNS,
    "rarest_shared",
    "shared",
    "rarest_in_title",
    "best_title_covers",
    "all_titles_cover",
    "rarest_missing",
    "most_alike",
    "story_covered",
    "titles_covered",
    "titles_in_title",
    "shared_with_summary",
    "titles_with_title",
    "stray_title",
    "news_rarest_shared",
    "news_shared",
    "news_title_covered",
    "actors_shared",
    "leading_takes_part",
    "leading_differs",
    "others_named",
    "publisher_takes_part",
    "publisher_is_another",
    "title_actors_missing",
    "kinds_conflict",
    "kinds_covered",
    "amounts_shared",
    "amounts_differ",
    "vector",
    "nearest_title",
    "sources",
)
NEAR = 3  # days
_MOST_DAYS = 400
# Words worth more than one that is met once; less than a third of one.
_TELLING, _STRAY = 1.2, 0.3


def likeness_signs(story: StorySight, event: EventSight, rarity: Rarity) -> Floats:
    """One row, as in SIGNS."""
    return np.array(
        [
            *_time_signs(story, event),
            *_word_signs(story, event, rarity),
            *_title_signs(story, event, rarity),
            *_news_signs(story, event),
            *_actor_signs(story, event),
            *_kind_signs(story, event),
            bool(story.amounts & event.amounts),
            bool(story.amounts and event.amounts and not story.amounts & event.amounts),
            float(story.vector @ event.vector),
            float((story.title_vectors @ event.title_vector).max()),
            math.log(len(story.titles)),
        ],
        np.float32,
    )


def are_dated(story: StorySight, event: EventSight) -> bool:
    """Whether time can be compared; without it the other signs weigh otherwise."""
    return bool(story.days) and event.earliest is not None and event.latest is not None


def days_apart(story: StorySight, event: EventSight) -> int | None:
    """Days between the event and the nearest source; None where that cannot be said."""
    if not are_dated(story, event):
        return None
    return min(max(_gap(days, event)) for days in story.days)


def _time_signs(story: StorySight, event: EventSight) -> Iterable[float]:
    if not are_dated(story, event):
        return [0.0] * len(TIME_SIGNS)
    assert event.earliest
    assert event.latest
    # Where only a month is known, "no day apart" says little: exact days come first.
    exact = [days for days in story.days if days[0] == days[1]]
    known = exact or list(story.days)
    first = min(known, key=lambda days: (days[1], days[0]))
    before, after = _gap(first, event)
    width = max((first[1] - first[0]).days, (event.latest - event.earliest).days)
    apart = sorted(max(_gap(days, event)) for days in known)
    return (
        _days(width),
        _days(before),
        _days(after),
        _days(apart[0]),
        _days(apart[len(apart) // 2]),
        _days(apart[-1]),
        sum(days <= NEAR for days in apart) / len(apart),
        bool(exact) and not before and not after,
    )


def _gap(days: Days, event: EventSight) -> tuple[int, int]:
    """By how many days at least a source is before the event, and after it."""
    assert event.earliest
    assert event.latest
    return max(0, (event.earliest - days[1]).days), max(0, (days[0] - event.latest).days)


def _days(days: int) -> float:
    return math.log1p(min(days, _MOST_DAYS))


def _word_signs(story: StorySight, event: EventSight, rarity: Rarity) -> Iterable[float]:
    shared, in_title = story.words & event.words, story.words & event.title
    return (
        rarity.rarest(shared),
        math.log1p(rarity.total(shared)),
        rarity.rarest(in_title),
        max(rarity.covered(words & event.title, event.title) for words in story.titles),
        rarity.covered(in_title, event.title),
        rarity.rarest(event.title - story.words),
        max(rarity.covered(words & event.title, words | event.title) for words in story.titles),
        rarity.covered(shared, story.words),
    )


def _title_signs(story: StorySight, event: EventSight, rarity: Rarity) -> Iterable[float]:
    count = len(story.titles)
    return (
        sum(rarity.covered(words & event.words, words) for words in story.titles) / count,
        sum(rarity.covered(words & event.title, words) for words in story.titles) / count,
        math.log1p(rarity.total((story.words & event.summary) - event.title)),
        sum(rarity.total(words & event.title) > _TELLING for words in story.titles) / count,
        min(rarity.total(words & event.words) for words in story.titles) < _STRAY,
    )


def _news_signs(story: StorySight, event: EventSight) -> Iterable[float]:
    shared = [news_weight(word) for word in story.words & event.words]
    title = math.fsum(news_weight(word) for word in event.title)
    in_title = math.fsum(news_weight(word) for word in event.title & story.words)
    return (
        max(shared, default=0.0),
        math.log1p(math.fsum(shared)),
        in_title / title if title else 0.0,
    )


def _actor_signs(story: StorySight, event: EventSight) -> Iterable[float]:
    told = story.named | story.publishing
    return (
        len(event.actors & told) / max(1, len(event.actors | told)),
        0.5 if story.leading is None else story.leading in event.actors,
        None not in (story.leading, event.leading) and story.leading != event.leading,
        len(story.named - event.actors),
        bool(story.publishing & event.actors),
        bool(story.publishing - event.actors),
        len(event.named - told),
    )


def _kind_signs(story: StorySight, event: EventSight) -> Iterable[float]:
    counts = Counter(kind for kinds in story.kinds for kind in kinds)
    common = {kind for kind, count in counts.items() if count * 2 >= len(story.kinds)}
    either = event.kinds | event.summary_kinds
    return (
        bool(event.kinds and counts and not event.kinds & counts.keys()),
        len(common & either) / len(common) if common else 0.5,
    )


def reasons(story: StorySight, event: EventSight, rarity: Rarity) -> tuple[str, ...]:
    """What both share: names first, then words, each rarest first; then the time."""

    def rarest(shared: Iterable[str]) -> list[str]:
        return sorted(shared, key=lambda word: (-rarity.weight(word), -news_weight(word), word))

    names, words = story.names & event.names, story.words & event.words
    said = dict.fromkeys([*rarest(names)[:3], *rarest(words)[:4]])
    apart = days_apart(story, event)
    if apart is not None and apart <= NEAR:
        said["same days" if apart else "same day"] = None
    return tuple(said)
