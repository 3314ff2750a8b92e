"""The format of one public event: an answer of the API, and a line of the JSON Lines export.

The same models write both, give both their JSON Schema, and read an export back.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

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
from events.models.dates import Precision

# Written out in the schema: many of these classes share a name, and a schema has one name each.
ActorKind = Annotated[Actor.Kind, WithJsonSchema({"type": "string", "enum": Actor.Kind.values})]
PublisherKind = Annotated[
    Publisher.Kind, WithJsonSchema({"type": "string", "enum": Publisher.Kind.values})
]
SourceKind = Annotated[Source.Kind, WithJsonSchema({"type": "string", "enum": Source.Kind.values})]
EventDateKind = Annotated[
    EventDate.Kind, WithJsonSchema({"type": "string", "enum": EventDate.Kind.values})
]
RelationKind = Annotated[
    Relation.Kind, WithJsonSchema({"type": "string", "enum": Relation.Kind.values})
]
ParticipationRole = Annotated[
    Participation.Role, WithJsonSchema({"type": "string", "enum": Participation.Role.values})
]
CitationRole = Annotated[
    Citation.Role, WithJsonSchema({"type": "string", "enum": Citation.Role.values})
]
CitationStance = Annotated[
    Citation.Stance, WithJsonSchema({"type": "string", "enum": Citation.Stance.values})
]
ClaimStatus = Annotated[
    Claim.Status, WithJsonSchema({"type": "string", "enum": Claim.Status.values})
]
EventCategory = Annotated[
    Event.Category, WithJsonSchema({"type": "string", "enum": Event.Category.values})
]
DatePrecision = Annotated[Precision, WithJsonSchema({"type": "string", "enum": Precision.values})]


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid", use_enum_values=True)


class DateLine(Line):
    """A date at its own precision; `earliest` and `latest` are inclusive, null is an open end."""

    edtf: str = Field(examples=["2025-01-20", "2024-12", "2025-01~"])
    earliest: datetime.date | None
    latest: datetime.date | None
    precision: DatePrecision
    is_approximate: bool
    is_uncertain: bool


class ActorLine(Line):
    slug: str = Field(examples=["deepseek"])
    name: str
    kind: ActorKind
    country: str
    aliases: list[str]
    homepage: str


class ParticipantLine(ActorLine):
    role: ParticipationRole


class PublisherLine(Line):
    slug: str = Field(examples=["reuters"])
    name: str
    kind: PublisherKind
    country: str
    homepage: str
    is_rated: bool


class SourceLine(Line):
    id: str
    url: str | None
    title: str
    title_is_description: bool
    publisher: PublisherLine | None
    author: str
    kind: SourceKind
    lang: str
    published: str
    note: str
    archive_url: str


class CitationLine(Line):
    role: CitationRole
    stance: CitationStance
    quote: str
    locator: str
    cited_date: str
    source: SourceLine


class QuantityLine(Line):
    value: int | float
    unit: str


class ClaimLine(Line):
    id: str
    text: str
    said_by: str
    said_by_actor: ActorLine | None
    reported_by: str
    reported_by_publisher: PublisherLine | None
    quantity: QuantityLine | None
    status: ClaimStatus
    reason: str
    sources: list[CitationLine]


class FurtherDateLine(Line):
    kind: EventDateKind
    note: str
    date: DateLine


class RelationLine(Line):
    kind: RelationKind
    event: str = Field(description="id of the other event")
    note: str


class EventLine(Line):
    """An event with everything that is public of it."""

    id: str = Field(description="never changes and is never given to another event")
    slug: str
    former_slugs: list[str] = Field(
        default=[], description="addresses that readers knew before: they lead here"
    )
    url: str
    record_id: str | None
    title: str
    summary: str
    date: DateLine
    category: EventCategory
    importance: int = Field(ge=1, le=3)
    regions: list[str]
    tags: list[str]
    confidence: str
    status: Literal["published", "retracted", "merged"]
    status_reason: str
    merged_into: str | None
    first_published_at: datetime.datetime
    last_changed_at: datetime.datetime
    actors: list[ParticipantLine]
    dates: list[FurtherDateLine]
    sources: list[CitationLine]
    claims: list[ClaimLine]
    relations: list[RelationLine]
