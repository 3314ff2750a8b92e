"""How an event changed: revisions compared, in words a reader understands."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from events.models import Actor, Event, Revision, Source
from timeline import labels
from timeline.dates import date_text
from timeline.markdown import plain

Snapshot = Mapping[str, Any]


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stayed, came (`ins`) or went (`del`)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    what: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Step:
    number: int
    at: datetime.datetime
    by: str
    reason: str
    is_first: bool
    changes: list[Change]


def steps_of(event: Event) -> list[Step]:
    """Public revisions, newest first, each compared with the public one before. Three queries.

    What happened before the event was public is nobody's business but the moderators'.
    """
    revisions = list(Revision.objects.filter(event=event, edition__isnull=False).order_by("number"))
    names = _Names.of(revision.snapshot for revision in revisions)
    steps, before = [], None
    for revision in revisions:
        now = _described(revision.snapshot, names)
        steps.append(
            Step(
                revision.number,
                revision.at,
                revision.by_name,
                plain(revision.reason),
                before is None,
                [] if before is None else _changes(before, now),
            )
        )
        before = now
    return steps[::-1]


@dataclass(frozen=True)
class _Names:
    actors: Mapping[int, str]
    sources: Mapping[int, str]
    events: Mapping[int, str]

    @classmethod
    def of(cls, snapshots: Iterable[Snapshot]) -> _Names:
        """Names of all rows that any snapshot points to."""
        actors: set[int] = set()
        sources: set[int] = set()
        events: set[int] = set()
        for snapshot in snapshots:
            actors |= {row["actor_id"] for row in snapshot["actors"]}
            sources |= {row["source_id"] for row in snapshot["citations"]}
            sources |= {row["source_id"] for c in snapshot["claims"] for row in c["citations"]}
            events |= {row["to_event_id"] for row in snapshot["relations"]}
        public = Event.objects.published().filter(pk__in=events)
        return cls(
            dict(Actor.objects.filter(pk__in=actors).values_list("pk", "name")),
            dict(Source.objects.filter(pk__in=sources).values_list("pk", "title")),
            dict(public.values_list("pk", "title")),
        )


def _described(snapshot: Snapshot, names: _Names) -> dict[str, str]:
    """What a snapshot says, as labelled texts; several rows of one kind as lines."""
    event = snapshot["event"]
    described = {
        _("Title"): event["title"],
        _("Date"): date_text(event["date"]),
        _("Summary"): event["summary"],
        _("Category"): labels.word(labels.CATEGORIES, event["category"]),
        _("Importance"): labels.word(labels.IMPORTANCE, str(event["importance"])),
        _("Regions"): ", ".join(event["regions"]),
        _("Topics"): ", ".join(event["tags"]),
        _("Actors"): ", ".join(
            names.actors.get(row["actor_id"], "?") for row in _in_order(snapshot["actors"])
        ),
        _("Dates"): "\n".join(
            f"{labels.word(labels.DATE_KINDS, row['kind'])}: {date_text(row['date'])} {row['note']}"
            for row in snapshot["dates"]
        ),
        _("Sources"): "\n".join(
            names.sources.get(row["source_id"], "?") for row in _in_order(snapshot["citations"])
        ),
        _("Before and after"): "\n".join(
            f"{labels.word(labels.RELATIONS_OUT, row['kind'])}: {names.events[row['to_event_id']]}"
            for row in snapshot["relations"]
            if row["to_event_id"] in names.events
        ),
        _("State"): event["status"],
    }
    for claim in _in_order(snapshot["claims"]):
        status = labels.word(labels.CLAIM_STATUS, claim["status"])
        text = f"{claim['text']}\n{claim['said_by']}\n{status}. {claim['reason']}"
        described[_("Claim %s") % claim["public_id"]] = text
    return described


def _in_order(rows: Iterable[Snapshot]) -> list[Snapshot]:
    return sorted(rows, key=lambda row: (row["position"], row["id"]))


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[Change]:
    labels_in_order = dict.fromkeys([*now, *before])
    return [
        Change(label, compared(before.get(label, ""), now.get(label, "")))
        for label in labels_in_order
        if before.get(label, "") != now.get(label, "")
    ]


# Words keep together; each CJK character is a word of its own.
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+|\s+|[^\w\s]")


def compared(before: str, now: str) -> list[Piece]:
    """Two texts as one, with what went and what came."""
    old, new = _WORDS.findall(plain(before)), _WORDS.findall(plain(now))
    pieces = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece("", "".join(old[i1:i2])))
            continue
        pieces += [Piece("del", "".join(old[i1:i2]))] if i2 > i1 else []
        pieces += [Piece("ins", "".join(new[j1:j2]))] if j2 > j1 else []
    return pieces
