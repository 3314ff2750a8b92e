"""Two changes of one event that did not know of each other, set against what both began with.

Pure: snapshots in, snapshot out. A unit is a column of the event or a row that belongs to it;
rows of the two sides are the same when they say the same thing of the event (cite one source,
name one actor), even when each side added its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from events.moderation.snapshots import IDENTITY, STANDING, Snapshot

Row = dict[str, Any]
MINE, THEIRS = "mine", "theirs"

KEYS: dict[str, Callable[[Row], str]] = {
    "citations": lambda row: str(row["source_id"]),
    "claims": lambda row: str(row["id"]),
    "dates": lambda row: f"{row['kind']} {row['date']}",
    "actors": lambda row: str(row["actor_id"]),
    "relations": lambda row: f"{row['kind']} {row['to_event_id']}",
}
# The bounds follow from the date: whoever wins the date wins them.
FOLLOWS_DATE = ("earliest", "latest", "precision", "is_approximate", "is_uncertain")


@dataclass(frozen=True)
class Difference:
    """One unit on which two sides differ; None where a side has no such row."""

    part: str  # "event", or the part's name
    key: str
    base: Any
    theirs: Any
    mine: Any

    @property
    def name(self) -> str:
        return f"{self.part}:{self.key}"

    @property
    def is_clash(self) -> bool:
        return not _same(self.base, self.theirs) and not _same(self.base, self.mine)

    @property
    def changed_by(self) -> str:
        """Which side changed it; theirs when both did, so that nothing is undone unasked."""
        return MINE if _same(self.base, self.theirs) else THEIRS


def units(snapshot: Snapshot) -> dict[tuple[str, str], Any]:
    """Everything a person can change, by where it stands."""
    apart = IDENTITY | STANDING | set(FOLLOWS_DATE)
    found: dict[tuple[str, str], Any] = {
        ("event", column): value
        for column, value in snapshot["event"].items()
        if column not in apart
    }
    for part, key in KEYS.items():
        found.update({(part, key(row)): row for row in snapshot[part]})
    return found


def differences(base: Snapshot, theirs: Snapshot, mine: Snapshot) -> list[Difference]:
    """Where the two sides differ; with base == theirs, simply what mine changed."""
    at_base, at_theirs, at_mine = units(base), units(theirs), units(mine)
    return [
        Difference(*place, at_base.get(place), at_theirs.get(place), at_mine.get(place))
        for place in dict.fromkeys([*at_theirs, *at_mine])
        if not _same(at_theirs.get(place), at_mine.get(place))
    ]


def combine(
    base: Snapshot, theirs: Snapshot, mine: Snapshot, choices: Mapping[str, str]
) -> Snapshot:
    """Theirs, with mine wherever it was chosen, or where only mine changed."""
    combined = {**theirs, "event": dict(theirs["event"])}
    for part in KEYS:
        combined[part] = list(theirs[part])
    for difference in differences(base, theirs, mine):
        if choices.get(difference.name, difference.changed_by) == MINE:
            _take_mine(combined, mine, difference)
    return combined


def _take_mine(combined: Snapshot, mine: Snapshot, difference: Difference) -> None:
    part, row = difference.part, difference.mine
    if part == "event":
        columns = FOLLOWS_DATE if difference.key == "date" else ()
        for column in (difference.key, *columns):
            combined["event"][column] = mine["event"][column]
        return
    key = KEYS[part]
    others = [other for other in combined[part] if key(other) != difference.key]
    if row is not None:
        row_id = difference.theirs["id"] if difference.theirs else row["id"]
        others.append({**row, "id": row_id})
    combined[part] = others


def _same(one: Any, other: Any) -> bool:
    """Rows that say the same are the same, whatever their number."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, "id": 0} == {**other, "id": 0}
    return bool(one == other)
