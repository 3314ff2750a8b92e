"""From a story the draft of an event. Reads the record, writes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from events.drafting.actors import candidate_signs
from events.drafting.categories import category_signs
from events.drafting.knowledge import Knowledge, event_texts, likely_events, source_text
from events.drafting.likeness import likeness_signs, reasons, sight_of_event, sight_of_sources
from events.drafting.models import LOOKS_LIKE, TAKES_PART, load_drafting_model
from events.drafting.proposal import LooksLike, ProposedCitation, ProposedEvent, ProposedRelation
from events.drafting.texts import SourceText
from events.language.background import load_background
from events.language.dates import stated_day
from events.language.words import clean
from events.models import Citation, Event, Relation, Source, Story

# Related, but another happening: same actors, within weeks.
FOLLOWS = 0.2
MOST_LIKE = 5
MOST_ACTORS = 6
PRIMARY_KINDS = (Source.Kind.PRIMARY, Source.Kind.OFFICIAL, Source.Kind.PAPER)
_SUFFIX = re.compile(r"\s+[|–—-]\s+(?P<name>[^|–—]{2,40})$")
_TEXT_CHARS = 600


def propose_event(story: Story, sources: Sequence[Source] | None = None) -> ProposedEvent:
    """Draft an event from the story's sources; an empty story gives the story's own title.

    Whoever has read the sources, with their publishers and oldest first, hands them over.
    """
    if sources is None:
        found = Source.objects.filter(membership__story=story).select_related("publisher")
        sources = list(found.order_by("first_seen_at", "pk"))
    ids = {source.pk for source in sources}
    originals = [source for source in sources if source.copy_of_id not in ids]
    if originals:
        return propose_from(originals, publisher_count=story.publisher_count)
    texts = [SourceText(story.title)]
    draft = _draft(texts, story.title, story.first_source_at.date().isoformat())
    return replace(draft, title_is_quote=False)


def propose_from(sources: Sequence[Source], *, publisher_count: int = 1) -> ProposedEvent:
    """Draft an event from sources, none a copy of another, of which there is at least one."""
    texts = [source_text(source) for source in sources]
    draft = _draft(texts, medoid([clean_title(source) for source in sources]), date_of(sources))
    return replace(
        draft, importance=importance_of(publisher_count), citations=citations_of(sources)
    )


def looks_like(text: str) -> tuple[LooksLike, ...]:
    """Events of the record that tell of the same happening as a text, likeliest first."""
    texts = [SourceText(text[:_TEXT_CHARS])]
    knowledge = Knowledge.current()
    found = events_like(texts, actors_of(texts, knowledge))
    return tuple(like for like in found if like.score >= LOOKS_LIKE)[:MOST_LIKE]


def _draft(texts: Sequence[SourceText], title: str, date: str) -> ProposedEvent:
    knowledge = Knowledge.current()
    actors = actors_of(texts, knowledge)
    like = events_like(texts, actors)
    same = like[:1] if like and like[0].score >= LOOKS_LIKE else []
    near = like[len(same) :]
    # What the record knows of the happening already counts as if the titles had said it.
    actors = list(dict.fromkeys([*(a for found in same for a in found.actor_ids), *actors]))
    follows = Relation.Kind.FOLLOWS.value
    return ProposedEvent(
        title=title[:300],
        title_is_quote=True,
        date=date,
        summary="",
        category=load_drafting_model().category(category_signs(texts)),
        importance=Event.Importance.MINOR,
        regions=knowledge.regions(actors),
        tags=knowledge.tags(texts),
        actor_ids=tuple(actors),
        relations=tuple(
            ProposedRelation(found.event_id, follows, ", ".join(found.reasons)) for found in near
        )[:MOST_LIKE],
        looks_like=tuple(same),
    )


def clean_title(source: Source) -> str:
    """The headline without the publisher's name behind a bar or dash."""
    title = clean(source.title, 1000)
    names = {source.publisher.name.lower(), *source.publisher.hosts} if source.publisher else set()
    match = _SUFFIX.search(title)
    if match and match["name"].strip().lower() in names:
        return title[: match.start()]
    return title


def medoid(titles: list[str]) -> str:
    """The headline nearest to all others."""
    vectors = load_background().embed(titles)
    return titles[int(np.argmax((vectors @ vectors.T).sum(axis=1)))]


def date_of(sources: Sequence[Source]) -> str:
    """The day the sources state, else the day of the earliest; about ("~") the day it was seen."""
    times = [min(s.published_at or s.first_seen_at, s.first_seen_at) for s in sources]
    published = min(times).date()
    texts = [f"{source.title} . {clean(source.summary, _TEXT_CHARS)}" for source in sources]
    if stated := stated_day(texts, published):
        return stated.isoformat()
    is_known = any(source.published_at for source in sources)
    return published.isoformat() if is_known else f"{published.isoformat()}~"


def actors_of(texts: Sequence[SourceText], knowledge: Knowledge) -> list[int]:
    """Actors that probably take part, likeliest first."""
    model = load_drafting_model()
    signs = candidate_signs(texts, knowledge.who, knowledge.learned.lore)
    known = knowledge.who.kinds
    chance = {actor: model.takes_part(row) for actor, row in signs.items() if actor in known}
    likely = [actor for actor in chance if chance[actor] >= TAKES_PART]
    return sorted(likely, key=lambda actor: -chance[actor])[:MOST_ACTORS]


def importance_of(publisher_count: int) -> int:
    if publisher_count >= 6:
        return Event.Importance.MAJOR
    return Event.Importance.NOTABLE if publisher_count >= 3 else Event.Importance.MINOR


def citations_of(sources: Sequence[Source]) -> tuple[ProposedCitation, ...]:
    """Primary first, one per publisher."""
    ordered = sorted(sources, key=lambda source: source.kind not in PRIMARY_KINDS)
    seen: set[int] = set()
    chosen = []
    for source in ordered:
        voice = source.publisher_id or -source.pk
        if voice not in seen:
            seen.add(voice)
            is_primary = source.kind in PRIMARY_KINDS
            role = Citation.Role.PRIMARY if is_primary else Citation.Role.REPORT
            chosen.append(ProposedCitation(source.pk, role.value))
    return tuple(chosen)


def events_like(texts: Sequence[SourceText], actors: Sequence[int]) -> list[LooksLike]:
    """Events of the record that tell of the same happening or one close to it, likeliest first."""
    model = load_drafting_model()
    story = sight_of_sources(texts, actors)
    found = []
    for event in event_texts(likely_events(texts)):
        sight = sight_of_event(event)
        score = model.is_same(likeness_signs(story, sight))
        if score >= FOLLOWS:
            why = reasons(story, sight)
            found.append(LooksLike(event.key, round(score, 3), why, event.actors))
    return sorted(found, key=lambda like: -like.score)
