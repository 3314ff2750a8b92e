"""Which event a story looks like: hard siblings, with what tells them apart."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from events.drafting.choosing import leads
from events.drafting.likeness import SIGNS, are_dated, likeness_signs, reasons
from events.drafting.models import load_drafting_model
from events.drafting.rarity import Rarity
from events.drafting.sights import sight_of_event, sight_of_sources
from events.drafting.texts import EventText, SourceText
from events.language.gazetteer import Gazetteer

ACTORS = ["Nvidia", "DeepSeek", "OpenAI", "Anthropic", "Alibaba", "Meta", "European Commission"]
NUMBER = {name: n for n, name in enumerate(ACTORS)}
NAMES = Gazetteer({n: [name] for name, n in NUMBER.items()})


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def event(title: str, date: str, *actors: str, summary: str = "", key: int = 0) -> EventText:
    numbers = tuple(NUMBER[name] for name in actors)
    return EventText(key, title, summary, "release", day(date), day(date), numbers)


# In a record of the AI race these names and words are common.
RECORD = [
    event(f"{name} {what}", "2024-03-01", name)
    for name in ACTORS
    for what in ("releases a model", "publishes an AI plan", "invests", "is sued by authors")
]


def source(title: str, date: str, publisher: str = "Wire", kind: str = "press") -> SourceText:
    return SourceText(title, publisher=publisher, publisher_kind=kind, published=day(date))


def named(story: Sequence[SourceText], events: Sequence[EventText]) -> str | None:
    """The title of the event that a draft would call the same."""
    rarity, sight = Rarity.of([*RECORD, *events]), sight_of_sources(story, NAMES)
    sights = [sight_of_event(known, NAMES) for known in events]
    weighed = load_drafting_model().likeness.weigh(
        np.array([likeness_signs(sight, known, rarity) for known in sights]),
        np.array([are_dated(sight, known) for known in sights]),
    )
    best = int(np.argmax(weighed.score))
    return events[best].title if weighed.is_same[best] else None


@dataclass(frozen=True)
class Siblings:
    told_apart_by: str
    story: Sequence[SourceText]
    right: EventText
    other: EventText


SIBLINGS = [
    Siblings(
        "who publishes: both models came out on one day",
        [source("Introducing Sonata 4.6", "2026-02-05", "Anthropic", "lab")],
        event("Anthropic releases Sonata 4.6", "2026-02-05", "Anthropic"),
        event(
            "OpenAI releases Codec 5.3",
            "2026-02-05",
            "OpenAI",
            summary="A model for coding, with staged access, as other labs introduced theirs.",
        ),
    ),
    Siblings(
        "the day: the plan was ordered half a year before it was published",
        [
            source("White House publishes its AI Action Plan", "2025-07-23"),
            source("What is in America's AI Action Plan", "2025-07-24"),
        ],
        event("White House publishes the AI Action Plan", "2025-07-23"),
        event("President orders an AI action plan", "2025-01-23"),
    ),
    Siblings(
        "the kind: a suit is filed, a year later the case is settled",
        [source("Anthropic to pay authors $1.5 billion in book settlement", "2025-09-05")],
        event("Anthropic settles with authors for $1.5 billion", "2025-09-05", "Anthropic"),
        event("Authors sue Anthropic over pirated books", "2024-08-19", "Anthropic"),
    ),
    Siblings(
        "the part of a name: V3 is told of, not the older model",
        [source("Introducing DeepSeek-V3", "2024-12-26", "DeepSeek", "lab")],
        event("DeepSeek releases V3", "2024-12-26", "DeepSeek"),
        event("DeepSeek releases V2 with very low prices", "2024-05-06", "DeepSeek"),
    ),
    Siblings(
        "the sum: of two plans of one week one is for 65 billion",
        [source("Meta to invest up to $65 bln this year", "2025-01-24")],
        event("Meta plans up to $65 billion of spending", "2025-01-24", "Meta"),
        event("Meta staff study the methods of DeepSeek", "2025-01-26", "Meta", "DeepSeek"),
    ),
]


@pytest.mark.parametrize("pair", SIBLINGS, ids=lambda pair: pair.told_apart_by)
def test_of_two_siblings_the_right_one_is_named(pair: Siblings) -> None:
    assert named(pair.story, [pair.other, pair.right]) == pair.right.title


@pytest.mark.parametrize("pair", SIBLINGS, ids=lambda pair: pair.told_apart_by)
def test_the_sibling_is_not_named_when_the_right_event_is_absent(pair: Siblings) -> None:
    assert named(pair.story, [pair.other]) is None


def test_an_event_needs_to_stand_out_from_the_next() -> None:
    assert leads(np.array([3.0, 2.0, -1.0], np.float32)).tolist() == [1, -1, -4]
    without_rivals = [leads(np.array(odds, np.float32)) for odds in ([3.0], [3.0, -7.0])]
    assert [ahead[0] for ahead in without_rivals] == [8, 8]


def test_a_month_that_holds_the_day_does_not_make_it_the_same_day() -> None:
    known = event("Meta plans up to $65 billion of spending", "2025-01-24", "Meta")
    vague = SourceText("Meta to spend $65 billion", published=day("2025-01-01"))
    month = SourceText(vague.title, published=vague.published, published_until=day("2025-01-31"))
    rarity = Rarity.of([known])

    def sign(name: str, one: SourceText) -> float:
        sight = sight_of_sources([one], NAMES)
        signs = likeness_signs(sight, sight_of_event(known, NAMES), rarity)
        return float(signs[SIGNS.index(name)])

    assert (sign("days_nearest", month), sign("same_day", month)) == (0, 0)
    assert sign("vague", month) > sign("vague", source("x", "2025-01-24")) == 0
    assert sign("same_day", source("x", "2025-01-24")) == 1


def test_reasons_name_what_is_rare_in_the_record_before_what_is_common() -> None:
    events = [event(f"DeepSeek update {n}", "2025-01-01", "DeepSeek") for n in range(9)]
    events.append(event("DeepSeek opens Janus weights", "2025-01-27", "DeepSeek"))
    story = sight_of_sources([source("DeepSeek Janus weights", "2025-01-28")], NAMES)
    known = sight_of_event(events[-1], NAMES)
    said = reasons(story, known, Rarity.of(events))
    assert said == ("janus", "deepseek", "weight", "same days")
