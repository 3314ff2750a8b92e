"""The record as files: one function a format, from lines to pieces of text."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from events.record.lines import DateLine, EventLine
from timeline import labels
from timeline.dates import date_text
from timeline.markdown import rendered
from timeline.site import site_name
from timeline.syndication.ids import with_absolute_links

Pieces = Iterator[str]


@dataclass(frozen=True)
class Form:
    """A file format: its name in addresses, its type, and what writes it."""

    name: str
    media_type: str
    write: Callable[[Iterable[EventLine]], Pieces]


def write_jsonl(lines: Iterable[EventLine]) -> Pieces:
    """Nested: one event a line, with everything of it. `import_record` reads it back."""
    for line in lines:
        yield line.model_dump_json() + "\n"


COLUMNS = (
    "id", "date", "earliest", "latest", "precision", "title", "summary", "category", "importance",
    "regions", "tags", "actors", "publishers", "sources", "claims", "disputed_claims",
    "refuted_claims", "first_published_at", "last_changed_at", "url",
)  # fmt: skip


def write_csv(lines: Iterable[EventLine]) -> Pieces:
    """Flat: one event a row, lists joined by “; ”."""
    yield _row(COLUMNS)
    for line in lines:
        if line.status == "published":
            yield _row([_cell(value) for value in _values(line)])


def _values(line: EventLine) -> list[Any]:
    sources = [citation.source for citation in line.sources]
    publishers = dict.fromkeys(source.publisher.name for source in sources if source.publisher)
    statuses = [str(claim.status) for claim in line.claims]
    return [
        line.id, line.date.edtf, line.date.earliest, line.date.latest, line.date.precision,
        line.title, line.summary, line.category, line.importance,
        line.regions, line.tags, [actor.name for actor in line.actors], list(publishers),
        [source.url for source in sources if source.url], len(statuses),
        statuses.count("disputed"), statuses.count("refuted"),
        line.first_published_at.isoformat(), line.last_changed_at.isoformat(), line.url,
    ]  # fmt: skip


def _cell(value: Any) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = "; ".join(value) if isinstance(value, list) else str("" if value is None else value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _row(values: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(values)
    return buffer.getvalue()


def write_timelinejs(lines: Iterable[EventLine]) -> Pieces:
    """What Knight Lab's TimelineJS loads."""
    title = {"text": {"headline": html.escape(site_name())}}
    yield f'{{"title": {json.dumps(title, ensure_ascii=False)}, "events": ['
    is_first = True
    for line in lines:
        if line.status == "published":
            yield ("" if is_first else ",\n") + json.dumps(_slide(line), ensure_ascii=False)
            is_first = False
    yield "]}\n"


def _slide(line: EventLine) -> dict[str, Any]:
    names = ", ".join(
        dict.fromkeys(c.source.publisher.name for c in line.sources if c.source.publisher)
    )
    link = f'<p><a href="{html.escape(line.url)}">{html.escape(names)}</a></p>'
    text = with_absolute_links(rendered(line.summary), line.url)
    slide: dict[str, Any] = {
        "unique_id": line.id,
        "group": labels.word(labels.CATEGORIES, line.category),
        "start_date": _day(line.date, end=False),
        "display_date": date_text(line.date.edtf),
        "text": {"headline": html.escape(line.title), "text": text + link},
    }
    if line.date.latest and line.date.latest != line.date.earliest:
        slide["end_date"] = _day(line.date, end=True)
    return slide


def _day(date: DateLine, *, end: bool) -> dict[str, int]:
    day = (date.latest if end else date.earliest) or date.earliest or date.latest
    assert day
    if date.precision == "year":
        return {"year": day.year}
    if date.precision == "month":
        return {"year": day.year, "month": day.month}
    return {"year": day.year, "month": day.month, "day": day.day}


def json_schema() -> dict[str, Any]:
    """What a line of the JSON Lines export is, as JSON Schema 2020-12."""
    schema = EventLine.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{settings.SITE_URL}/data/schema.json",
        **schema,
    }


FORMS = {
    form.name: form
    for form in (
        Form("jsonl", "application/jsonl", write_jsonl),
        Form("csv", "text/csv", write_csv),
        Form("timeline.json", "application/json", write_timelinejs),
    )
}
