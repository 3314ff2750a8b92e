"""Record files → documents. Every fault is found and named before anything is written.

A record is a folder with actors.yaml, publishers.yaml, feeds.yaml and events/*.yaml.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from events.record.documents import (
    ActorDocument,
    EventDocument,
    FeedDocument,
    PublisherDocument,
)

INITIAL = Path(__file__).resolve().parent
Row = TypeVar("Row", bound=BaseModel)
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: file, id of the row (its name, URL or number), field."""

    file: str
    row: str
    field: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.row, self.field, self.message) if part)


class RecordError(Exception):
    """The files cannot be imported; `faults` lists everything that is wrong with them."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass
class Record:
    """A whole record, checked.

    `files` says where each event stands; `canonical` gives each cited address its canonical form.
    """

    actors: list[ActorDocument] = field(default_factory=list)
    publishers: list[PublisherDocument] = field(default_factory=list)
    feeds: list[FeedDocument] = field(default_factory=list)
    events: list[EventDocument] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    canonical: dict[str, str] = field(default_factory=dict)


def read_record(folder: Path, *, canonicalize: Callable[[str], str]) -> Record:
    """Read and check the record in `folder`; raise RecordError with every fault found."""
    if not folder.is_dir():
        raise RecordError([Fault(str(folder), "", "", "there is no such folder")])
    record, faults = Record(), list[Fault]()
    record.actors = _read_rows(folder / "actors.yaml", ActorDocument, "name", faults)
    record.publishers = _read_rows(folder / "publishers.yaml", PublisherDocument, "name", faults)
    record.feeds = _read_rows(folder / "feeds.yaml", FeedDocument, "url", faults)
    for path in sorted((folder / "events").glob("*.yaml")):
        documents = _read_rows(path, EventDocument, "id", faults)
        for document in documents:
            record.files.setdefault(document.id, f"events/{path.name}")
        record.events += documents
    record.canonical = {url: canonicalize(url) for url in _addresses(record.events)}
    faults += _faults_between_rows(record)
    if faults:
        raise RecordError(faults)
    return record


def _addresses(events: Iterable[EventDocument]) -> Iterator[str]:
    for event in events:
        yield from (source.url for source in event.sources if source.url)
        for claim in event.claims:
            yield from claim.source_urls


def _read_rows(path: Path, kind: type[Row], key: str, faults: list[Fault]) -> list[Row]:
    file = f"events/{path.name}" if kind is EventDocument else path.name
    try:
        rows = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        faults.append(Fault(file, "", "", f"cannot be read: {error.strerror}"))
        return []
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        faults.append(Fault(file, "", "", f"is not YAML in UTF-8: {_one_line(error)}"))
        return []
    if not isinstance(rows, list):
        faults.append(Fault(file, "", "", "must be a list of rows"))
        return []
    documents = []
    for number, row in enumerate(rows, start=1):
        name = row.get(key) if isinstance(row, dict) else None
        try:
            documents.append(kind.model_validate(row))
        except ValidationError as error:
            faults += row_faults(error, file, str(name or f"row {number}"))
    return documents


def row_faults(error: ValidationError, file: str, row: str) -> list[Fault]:
    faults = []
    for problem in error.errors():
        where = "".join(
            f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in problem["loc"]
        )
        message = problem["msg"].removeprefix("Value error, ")
        faults.append(Fault(file, row, where.lstrip("."), message[:1].lower() + message[1:]))
    return faults


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _faults_between_rows(record: Record) -> Iterator[Fault]:
    """What no single row can say: things named that do not exist, things given twice."""
    for file, key, names in (
        ("actors.yaml", "name", [actor.name for actor in record.actors]),
        ("publishers.yaml", "name", [publisher.name for publisher in record.publishers]),
        ("feeds.yaml", "url", [feed.url for feed in record.feeds]),
    ):
        for name in _repeated(names):
            yield Fault(file, name, key, "is given twice")
    for name in _repeated(event.id for event in record.events):
        yield Fault(record.files[name], name, "id", "is given twice")
    known = _Known(
        actors={actor.name for actor in record.actors},
        publishers={publisher.name for publisher in record.publishers},
        events=set(record.files),
    )
    for event in record.events:
        for where, message in (*known.strangers(event), *_repetitions(event, record.canonical)):
            yield Fault(record.files[event.id], event.id, where, message)


@dataclass(frozen=True)
class _Known:
    """The names that an event may use."""

    actors: set[str]
    publishers: set[str]
    events: set[str]

    def strangers(self, event: EventDocument) -> Iterator[tuple[str, str]]:
        for at, actor in enumerate(event.actors, start=1):
            if actor.name not in self.actors:
                yield f"actors[{at}]", f"“{actor.name}” is not in actors.yaml"
        for at, source in enumerate(event.sources, start=1):
            if source.publisher not in self.publishers:
                message = f"“{source.publisher}” is not in publishers.yaml"
                yield f"sources[{at}].publisher", message
        for at, relation in enumerate(event.related, start=1):
            if relation.id not in self.events:
                yield f"related[{at}].id", f"there is no event “{relation.id}”"
            elif relation.id == event.id:
                yield f"related[{at}].id", "is the event itself"


def _repetitions(event: EventDocument, canonical: dict[str, str]) -> Iterator[tuple[str, str]]:
    lists = {
        "sources": [canonical[source.url] for source in event.sources if source.url],
        "actors": [actor.name for actor in event.actors],
        "related": [f"{relation.kind.value} {relation.id}" for relation in event.related],
        "dates": [f"{dated.kind.value} {dated.date}" for dated in event.dates],
        "claims": [claim.text for claim in event.claims],
    }
    for at, claim in enumerate(event.claims, start=1):
        lists[f"claims[{at}].source_urls"] = [canonical[url] for url in claim.source_urls]
    for where, values in lists.items():
        for value in _repeated(values):
            yield where, f"“{value}” is listed twice"


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]
