"""A draft from one source that no story has brought together with others."""

from __future__ import annotations

from dataclasses import replace

from events.drafting.proposal import ProposedCitation, ProposedEvent
from events.drafting.propose import propose_from as propose
from events.models import Source
from events.moderation.stories import role_of


def propose_from(source: Source) -> ProposedEvent:
    """The event that one document tells of, as far as the machine sees.

    A person who enters a source says when it is from: that beats what its text states.
    """
    draft = propose([source])
    citations = (ProposedCitation(source.pk, role_of(source)),)
    return replace(draft, date=source.published or draft.date, citations=citations)
