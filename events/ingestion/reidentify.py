"""The rules of identity, run again over what is stored: what would be one by today's rules.

Pure: rows in, changes out. Nothing is fetched and nothing stored; applying a change is a step of
moderation, because sources are cited.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from events.ingestion.canonical import canonical_steps
from events.ingestion.types import UnusableUrl


@dataclass(frozen=True, slots=True)
class Addressed:
    """A stored source. `merged_into` is the address it was merged into, if it is a bare copy."""

    id: int
    canonical_url: str
    is_cited: bool = False
    merged_into: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """`merged` are the same document as `kept`, whose address becomes `address`."""

    kept: Addressed
    merged: tuple[Addressed, ...]
    address: str
    rules: tuple[str, ...]


def moved(rows: Iterable[Addressed]) -> dict[str, list[tuple[Addressed, tuple[str, ...]]]]:
    """Rows whose address has another canonical form by now, by that form; most have not."""
    found = defaultdict(list)
    for row in rows:
        try:
            address, rules = canonical_steps(row.canonical_url)
        except UnusableUrl:
            continue  # it was usable once: a source is not lost because a rule grew stricter
        if address not in (row.canonical_url, row.merged_into):
            found[address].append((row, rules))
    return dict(found)


def changes(
    found: Mapping[str, list[tuple[Addressed, tuple[str, ...]]]],
    holders: Mapping[str, Addressed],
) -> list[Change]:
    """What to do, in the order of the addresses. `holders` have these addresses already."""
    plan = []
    for address, rows in sorted(found.items()):
        rules = tuple(dict.fromkeys(rule for _, of_row in rows for rule in of_row))
        same = [row for row, _ in rows]
        holder = holders.get(address)
        if holder is not None:
            same.append(holder)
        # The one that has the address; else one that is cited; else the one known for longest.
        kept = holder or min(same, key=lambda row: (not row.is_cited, row.id))
        plan.append(Change(kept, tuple(row for row in same if row != kept), address, rules))
    return plan
