"""The initial record as drafting is trained and measured on it: plain texts, from its files."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import yaml
from edtf import parse_edtf

from events.drafting.texts import EventText, SourceText
from events.drafting.who import ActorNames, Who

RECORD = Path(__file__).resolve().parents[3] / "events" / "record"
FOLDS = 5


@dataclass
class Record:
    events: list[EventText]
    who: Who


def read_record() -> Record:
    actors = yaml.safe_load((RECORD / "actors.yaml").read_text("utf-8"))
    publishers = yaml.safe_load((RECORD / "publishers.yaml").read_text("utf-8"))
    kind_of = {publisher["name"]: publisher["kind"] for publisher in publishers}
    number = {actor["name"]: n for n, actor in enumerate(actors)}
    who = Who.of(ActorNames(n, a["name"], a["aliases"], a["kind"]) for n, a in enumerate(actors))
    events: list[EventText] = []
    for path in sorted((RECORD / "events").glob("*.yaml")):
        for row in yaml.safe_load(path.read_text("utf-8")):
            earliest, latest = _bounds(str(row["date"]))
            sources = tuple(
                SourceText(
                    title=source["title"],
                    publisher=source["publisher"],
                    publisher_kind=kind_of.get(source["publisher"], ""),
                    published=published[0],
                    published_until=published[1],
                )
                for source in row["sources"]
                for published in [_bounds(str(source.get("published") or ""))]
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
    return Record(events, who)


def _bounds(edtf: str) -> tuple[datetime.date | None, datetime.date | None]:
    if not edtf:
        return None, None
    parsed = parse_edtf(edtf)
    ends = (parsed.lower_strict(), parsed.upper_strict())
    # An open end is written as an infinity.
    first, last = (None if isinstance(e, float) else datetime.date(*e[:3]) for e in ends)
    return first, last
