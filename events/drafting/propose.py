"""From a story the draft of an event. Reads the record, writes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from events.drafting.actors import candidate_signs
from events.drafting.categories import category_signs
from events.drafting.choosing import Likeness
from events.drafting.knowledge import Knowledge, event_texts, likely_events, source_text
from events.drafting.likeness import are_dated, likeness_signs, reasons
from events.drafting.models import TAKES_PART, load_drafting_model
from events.drafting.proposal import LooksLike, ProposedCitation, ProposedEvent, ProposedRelation
from events.drafting.sights import sight_of_event, sight_of_sources
from events.drafting.texts import SourceText
from events.language.background import load_background
from events.language.dates import stated_day
from events.language.words import clean
from events.models import Citation, Event, Relation, Source, Story
from events.models.dates import read_edtf

# An event that by itself is this likely to be the same happening is worth a look: it is close by.
CLOSE_BY = 0.2
LIKELY = 0.5  # worth a warning before a person writes it anew
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


def looks_like(text: str, date: str = "") -> tuple[LooksLike, ...]:
    """Events of the record that may tell of the same happening as a text, likeliest first.

    A date in EDTF, where one is known, tells much.
    """
    days = read_edtf(date) if date else None
    source = SourceText(
        text[:_TEXT_CHARS],
        published=days.earliest if days else None,
        published_until=days.latest if days else None,
    )
    found = events_like([source], Knowledge.current())
    return tuple(like for like in found if like.alone >= LIKELY)[:MOST_LIKE]


def _draft(texts: Sequence[SourceText], title: str, date: str) -> ProposedEvent:
    knowledge = Knowledge.current()
    actors = actors_of(texts, knowledge)
    like = events_like(texts, knowledge)
    same = [found for found in like[:1] if found.is_same]
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


def events_like(
    texts: Sequence[SourceText], knowledge: Knowledge, likeness: Likeness | None = None
) -> list[LooksLike]:
    """Events of the record that tell of the same happening or one close to it, likeliest first.

    A benchmark weighs with `likeness` that has not seen the event.
    """
    gazetteer, rarity = knowledge.who.gazetteer, knowledge.learned.rarity
    events = event_texts(likely_events(texts, rarity), with_sources=False)
    if not events:
        return []
    story = sight_of_sources(texts, gazetteer)
    sights = [sight_of_event(event, gazetteer) for event in events]
    signs = np.array([likeness_signs(story, sight, rarity) for sight in sights])
    likeness = likeness or load_drafting_model().likeness
    weighed = likeness.weigh(signs, np.array([are_dated(story, sight) for sight in sights]))
    found = [
        LooksLike(
            event.key,
            score=round(float(weighed.score[n]), 3),
            alone=float(weighed.alone[n]),
            is_same=bool(weighed.is_same[n]),
            reasons=reasons(story, sights[n], rarity),
            actor_ids=event.actors,
        )
        for n, event in enumerate(events)
        if weighed.alone[n] >= CLOSE_BY
    ]
    return sorted(found, key=lambda like: -like.alone)
