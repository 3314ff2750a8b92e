"""Snapshots in words: what a revision or a conflict shows instead of columns and numbers."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist

from events.models import Actor, Citation, Claim, Event, EventDate, Participation, Relation, Source
from events.moderation.three_way import Difference

PART_LABELS = {
    "citations": "Source",
    "claims": "Claim",
    "dates": "Further date",
    "actors": "Actor",
    "relations": "Relation",
    "corrections": "Correction",
}


@dataclass(frozen=True)
class Names:
    """Titles of what rows point at, looked up once."""

    sources: dict[int, str] = field(default_factory=dict)
    actors: dict[int, str] = field(default_factory=dict)
    events: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Iterable[Difference]) -> Names:
        rows = [row for d in found for row in (d.base, d.theirs, d.mine) if isinstance(row, dict)]
        rows += [citation for row in rows for citation in row.get("citations", [])]

        def ids(column: str) -> set[int]:
            return {row[column] for row in rows if row.get(column) is not None}

        return cls(
            dict(Source.objects.filter(pk__in=ids("source_id")).values_list("pk", "title")),
            dict(Actor.objects.filter(pk__in=ids("actor_id")).values_list("pk", "name")),
            dict(Event.objects.filter(pk__in=ids("to_event_id")).values_list("pk", "title")),
        )


def label_of(difference: Difference) -> str:
    if difference.part != "event":
        return PART_LABELS[difference.part]
    try:
        column = Event._meta.get_field(difference.key.removesuffix("_id"))
        return str(getattr(column, "verbose_name", difference.key))
    except FieldDoesNotExist:  # a column that a later version has dropped
        return difference.key


def text_of(part: str, value: Any, names: Names) -> str:
    """One unit in words; "" for what is not there."""
    if value is None or value == "":
        return ""
    if part == "event":
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return " · ".join(filter(None, _ROWS[part](value, names)))


def _citation(row: dict[str, Any], names: Names) -> list[str]:
    return [
        names.sources.get(row["source_id"], f"source {row['source_id']}"),
        Citation.Role(row["role"]).label,
        "disputes it" if row["stance"] == Citation.Stance.DISPUTES else "",
        f"“{row['quote']}”" if row["quote"] else "",
        row["locator"],
    ]


def _claim(row: dict[str, Any], names: Names) -> list[str]:
    value = f"{Decimal(str(row['quantity_value'] or 0)).normalize():f}"
    quantity = f"{value} {row['quantity_unit']}" if row["quantity_unit"] else ""
    sources = [text_of("citations", citation, names) for citation in row["citations"]]
    return [
        row["text"],
        f"said by {row['said_by']}" if row["said_by"] else "",
        f"reported by {row['reported_by']}" if row["reported_by"] else "",
        quantity,
        Claim.Status(row["status"]).label,
        row["reason"],
        *(f"[{source}]" for source in sources),
    ]


def _date(row: dict[str, Any], names: Names) -> list[str]:
    return [EventDate.Kind(row["kind"]).label, row["date"], row["note"]]


def _actor(row: dict[str, Any], names: Names) -> list[str]:
    name = names.actors.get(row["actor_id"], f"actor {row['actor_id']}")
    return [name, Participation.Role(row["role"]).label]


def _relation(row: dict[str, Any], names: Names) -> list[str]:
    title = names.events.get(row["to_event_id"], f"event {row['to_event_id']}")
    return [f"{Relation.Kind(row['kind']).label} {title}", row["note"]]


_ROWS = {
    "citations": _citation,
    "claims": _claim,
    "dates": _date,
    "actors": _actor,
    "relations": _relation,
}


def changed_words(old: str, new: str) -> list[tuple[str, str]]:
    """The way from old to new, word by word: pairs of "same", "del" or "ins" and text."""
    before, after = re.findall(r"\s+|\S+", old), re.findall(r"\s+|\S+", new)
    steps: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            steps.append(("same", "".join(before[a:b])))
            continue
        steps += [("del", "".join(before[a:b])), ("ins", "".join(after[c:d]))]
    return [(kind, text) for kind, text in steps if text]
