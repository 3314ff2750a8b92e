"""A draft from sources that no story has brought together."""

from __future__ import annotations

from events.drafting.proposal import ProposedCitation, ProposedEvent
from events.drafting.propose import actors_in, category_of, clean_title, looks_like
from events.models import Event, Source
from events.moderation.stories import role_of


def propose_from(source: Source) -> ProposedEvent:
    """The event that one document tells of, as far as the machine sees."""
    title = clean_title(source)
    text = f"{title} {source.summary}"
    actors = actors_in(text)
    day = (source.published_at or source.first_seen_at).date().isoformat()
    return ProposedEvent(
        title=title[:300],
        title_is_quote=True,
        date=source.published or day,
        summary="",
        category=category_of(text),
        importance=Event.Importance.MINOR,
        regions=tuple(dict.fromkeys(actor.country for actor in actors if actor.country)),
        actor_ids=tuple(actor.pk for actor in actors),
        citations=(ProposedCitation(source.pk, role_of(source)),),
        looks_like=looks_like(text),
    )
