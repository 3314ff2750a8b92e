"""What drafting hands back: a proposed event. Plain data, nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ProposedCitation:
    source_id: int
    role: str  # a Citation.Role


@dataclass(frozen=True)
class ProposedRelation:
    event_id: int
    kind: str  # a Relation.Kind
    reason: str


@dataclass(frozen=True)
class LooksLike:
    """An event of the record that tells of the same happening, or of one close to it."""

    event_id: int
    score: float  # the probability that it, and no other event of the record, is the same
    alone: float  # the same, had it been the only event
    is_same: bool  # the score is high enough to say so
    reasons: tuple[str, ...]
    actor_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class ProposedEvent:
    """A draft for a person to rewrite and confirm."""

    title: str
    title_is_quote: bool  # the words are a publisher's: rewrite them
    date: str  # EDTF
    summary: str
    category: str
    importance: int
    regions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    actor_ids: tuple[int, ...] = ()
    citations: tuple[ProposedCitation, ...] = ()
    relations: tuple[ProposedRelation, ...] = ()
    looks_like: tuple[LooksLike, ...] = field(default=())
