"""The format of record files. One vocabulary for the YAML of this folder and for JSON Lines.

Each model states what one row may say; what only holds between rows is checked in reading.py.
"""

from __future__ import annotations

import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from events.models import (
    Actor,
    Citation,
    Claim,
    Event,
    EventDate,
    Participation,
    Publisher,
    Relation,
    Source,
)
from events.models.dates import read_edtf


def _date_as_written(value: Any) -> Any:
    """YAML reads an unquoted 2025-01-20 as a date and 2025 as a number: take them as text."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    return str(value) if type(value) is int else value


def _checked_edtf(text: str) -> str:
    try:
        read_edtf(text)
    except ValidationError as error:
        raise ValueError(error.message) from error
    return text


def _checked_address(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in text:
        raise ValueError(f"“{text}” is not a web address")
    return text


def _checked_number(value: Any) -> Any:
    """A number as it is; a range such as 80-90 says that there is no single number."""
    if isinstance(value, str) and value.count("-") == 1:
        low, high = value.split("-")
        try:
            if Decimal(low) < Decimal(high):
                return None
        except InvalidOperation:
            pass
    return value


Text = Annotated[str, StringConstraints(min_length=1)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=120)]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=50)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,3}$")]
Edtf = Annotated[
    str,
    BeforeValidator(_date_as_written),
    StringConstraints(max_length=40),
    AfterValidator(_checked_edtf),
]
Address = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_checked_address)]
MAGNITUDES = {"million": Decimal(10) ** 6, "billion": Decimal(10) ** 9}


class Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class ActorDocument(Document):
    name: Name
    kind: Actor.Kind
    country: Code | None = None
    aliases: list[Name] = []
    homepage: Address | None = None


class PublisherDocument(Document):
    name: Name
    kind: Publisher.Kind
    country: Code | None = None
    homepage: Address | None = None
    reputation: Literal["rated", "unrated"] = "rated"
    cited_as: Literal["report", "analysis"] = "report"


class FeedDocument(Document):
    url: Address
    publisher: Name
    language: str = ""
    kind: str = ""
    topics: list[Tag] = []
    url_seen: bool = True
    note: str = ""


class QuantityDocument(Document):
    value: Annotated[Decimal | None, BeforeValidator(_checked_number)]
    unit: Annotated[str, StringConstraints(min_length=1, max_length=60)]

    def in_units(self) -> tuple[Decimal | None, str]:
        """Value and unit with “billion USD” counted out, so that figures can be compared."""
        if self.value is None:
            return None, ""
        magnitude, _, unit = self.unit.partition(" ")
        if unit and magnitude in MAGNITUDES:
            return self.value * MAGNITUDES[magnitude], unit
        return self.value, self.unit


class SourceDocument(Document):
    """A source and what it is to the event that lists it."""

    url: Address | None
    title: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    publisher: Name
    author: Annotated[str, StringConstraints(max_length=300)] = ""
    published: Edtf | Literal[""] = ""
    kind: Source.Kind
    lang: Annotated[str, StringConstraints(max_length=12)] = ""
    url_seen: bool = True
    title_is_description: bool = False
    note: str = ""
    role: Citation.Role | None = None

    @model_validator(mode="after")
    def _says_why_it_has_no_address(self) -> SourceDocument:
        if self.url is None and not self.note:
            raise ValueError("a source without url needs a note that says why")
        return self


class ClaimDocument(Document):
    text: Text
    said_by: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    reported_by: Annotated[str, StringConstraints(max_length=300)] = ""
    quantity: QuantityDocument | None = None
    status: Claim.Status
    note: str = ""
    source_urls: list[Address] = []
    disputed_by: list[Address] = []

    @model_validator(mode="after")
    def _doubt_has_reason(self) -> ClaimDocument:
        if self.status in ("disputed", "refuted") and not self.note:
            raise ValueError(f"a {self.status.value} claim needs a note that says why")
        stray = [url for url in self.disputed_by if url not in self.source_urls]
        if stray:
            raise ValueError(f"disputed_by names {stray[0]}, which source_urls does not")
        return self

    def stance_of(self, url: str) -> Citation.Stance:
        """What stands under a refuted claim is the evidence against it."""
        if self.status == Claim.Status.REFUTED or url in self.disputed_by:
            return Citation.Stance.DISPUTES
        return Citation.Stance.SUPPORTS


class RelationDocument(Document):
    id: Slug
    kind: Relation.Kind
    note: Annotated[str, StringConstraints(max_length=300)] = ""


class DateDocument(Document):
    date: Edtf
    kind: EventDate.Kind
    note: Annotated[str, StringConstraints(max_length=200)] = ""


class ParticipantDocument(Document):
    name: Name
    role: Participation.Role = Participation.Role.PARTICIPANT


def _participant(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


class EventDocument(Document):
    id: Slug
    title: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    date: Edtf
    summary: str = ""
    category: Event.Category
    actors: list[Annotated[ParticipantDocument, BeforeValidator(_participant)]] = []
    regions: list[Code] = []
    tags: list[Tag] = []
    importance: Annotated[int, Field(ge=1, le=3)] = 1
    confidence: Annotated[str, StringConstraints(max_length=20)] = ""
    status: Literal["published", "draft"]
    dates: list[DateDocument] = []
    related: list[RelationDocument] = []
    sources: list[SourceDocument] = []
    claims: list[ClaimDocument] = []

    @model_validator(mode="after")
    def _published_has_source(self) -> EventDocument:
        if self.status == "published" and not self.sources:
            raise ValueError("a published event needs at least one source")
        return self
