"""An exported JSON Lines file → lines, each fault named by line, event and field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from events.record.lines import EventLine
from events.record.reading import Fault, RecordError, row_faults


def read_lines(path: Path) -> list[EventLine]:
    """Read an export; raise RecordError with every fault found."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise RecordError([Fault(path.name, "", "", f"cannot be read: {reason}")]) from error
    lines, faults = [], list[Fault]()
    # Not splitlines(): a title may hold U+2028 or another character that ends lines elsewhere.
    rows = text.removesuffix("\n").split("\n") if text else []
    for number, row in enumerate(rows, start=1):
        try:
            lines.append(EventLine.model_validate_json(row))
        except ValidationError as error:
            faults += row_faults(error, path.name, f"line {number}")
    faults += _faults_between(lines, path.name)
    if faults:
        raise RecordError(faults)
    return lines


def _faults_between(lines: list[EventLine], file: str) -> Iterator[Fault]:
    yield from _twice(file, "id", ((line.id, line.id) for line in lines))
    addresses = ((line.id, s) for line in lines for s in (line.slug, *line.former_slugs))
    yield from _twice(file, "slug", addresses)
    known = {line.id for line in lines}
    for line in lines:
        if line.status == "published" and not line.sources:
            yield Fault(file, line.id, "sources", "a published event needs at least one source")
        if line.status == "merged" and line.merged_into not in known:
            yield Fault(file, line.id, "merged_into", "names no event of this file")
        for at, relation in enumerate(line.relations, start=1):
            if relation.event not in known:
                message = f"there is no event “{relation.event}”"
                yield Fault(file, line.id, f"relations[{at}].event", message)


def _twice(file: str, field: str, given: Iterable[tuple[str, str]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for id, value in given:
        if value in seen:
            yield Fault(file, id, field, f"“{value}” is given twice")
        seen.add(value)
