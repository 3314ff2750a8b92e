"""What may stand in a query string of the API. Everything else is a problem that is named."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from typing import Annotated, Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from ninja import Schema
from pydantic import AfterValidator, Field, WithJsonSchema

from events.models import Claim, Event
from events.models.dates import EARLIEST_YEAR, LATEST_YEAR, DateBounds, read_edtf
from timeline.api.problems import Problem
from timeline.filters import Filter

MONTH = r"(19|20)\d\d(-(0[1-9]|1[0-2]))?"


def _written_date(text: str) -> str:
    if not re.fullmatch(MONTH, text):
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ValueError("Write 2025, 2025-01 or 2025-01-20")
        datetime.date.fromisoformat(text)
    return text


DATE = Annotated[
    str,
    AfterValidator(_written_date),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": f"^{MONTH}$"},
                {"type": "string", "format": "date"},
            ]
        }
    ),
]
PLACE = r"^[0-9]{1,16}-[0-9]{1,18}$"
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)


def refuse_strangers(request: HttpRequest, known: type[Schema] | None = None) -> None:
    """Raise a Problem that names every parameter of the request which `known` does not have."""
    fields = known.model_fields.items() if known else ()
    names = {field.alias or name for name, field in fields}
    if strangers := sorted(set(request.GET) - names):
        message = f"There is no such parameter. Known: {', '.join(sorted(names)) or 'none'}."
        errors = [{"parameter": name[:60], "message": message} for name in strangers]
        raise Problem(400, f"Unknown: {', '.join(name[:60] for name in strangers)}.", errors)


class Stretch(Schema):
    """How much, and from where on."""

    limit: int = Field(50, ge=1, le=200, description="how many, at most")


class ListQuery(Stretch):
    cursor: Annotated[str, Field(pattern=r"^[0-9]{1,18}$")] | None = Field(
        None, description="`next_cursor` of the answer before"
    )

    @property
    def after(self) -> int:
        return int(self.cursor) if self.cursor else 0


class ChangesQuery(ListQuery):
    since: int = Field(0, ge=0, lt=2**62, description="the edition you have seen")


class ClaimsQuery(ListQuery):
    status: list[Claim.Status] = []


class EventsQuery(Stretch):
    """The filters of the timeline page, under the same names."""

    q: str = Field("", max_length=200, description="words, as in the search box")
    category: list[Event.Category] = []
    actor: list[str] = Field([], description="slugs of actors", examples=[["deepseek"]])
    region: list[str] = Field([], description="codes of regions", examples=[["US"]])
    tag: list[str] = []
    importance: list[Event.Importance] = []
    claims: list[Claim.Status] = Field([], description="events with a claim of this status")
    from_: DATE | None = Field(None, alias="from", examples=["2025-01"])
    to: DATE | None = Field(None, examples=["2025-01-31"])
    cursor: Annotated[str, Field(pattern=PLACE)] | None = Field(
        None, description="`next_cursor` of the answer before"
    )

    def filter(self) -> Filter:
        """The filter that the page would use; Problem for names that are not in the record."""
        query = QueryDict(mutable=True)
        query["q"] = self.q
        for name in ("category", "actor", "region", "tag", "importance", "claims"):
            values: list[Any] = getattr(self, name)
            query.setlist(name, [str(getattr(value, "value", value)) for value in values])
        filter = Filter.parse(query)
        if filter.notes:
            errors = [{"parameter": self._named_in(n), "message": n} for n in filter.notes]
            raise Problem(404, "The record knows nothing by that name.", errors)
        since, until = _bounds(self.from_), _bounds(self.to)
        return replace(
            filter,
            earliest=since.earliest if since else None,
            latest=until.latest if until else None,
        )

    def _named_in(self, note: str) -> str:
        """The parameter whose value a note of the filter quotes."""
        named = {"actor": self.actor, "region": self.region, "tag": self.tag}
        quoted = (n for n, values in named.items() if any(f"“{v[:60]}”" in note for v in values))
        return next(quoted, "q")

    def place(self) -> tuple[datetime.datetime, int] | None:
        if not self.cursor:
            return None
        moment, key = self.cursor.split("-")
        return _EPOCH + int(moment) * _MICROSECOND, int(key)


def _bounds(date: str | None) -> DateBounds | None:
    """Bounds of a day, month or year; days that no event can have are drawn to the nearest."""
    if date is None:
        return None
    year = min(max(int(date[:4]), EARLIEST_YEAR), LATEST_YEAR)
    return read_edtf(date if year == int(date[:4]) else f"{year}-01-01")


def cursor_of(event: Event) -> str:
    moment = event.first_published_at or timezone.now()
    return f"{(moment - _EPOCH) // _MICROSECOND}-{event.pk}"
