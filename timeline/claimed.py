"""Claims as readers see them: what was said by whom, how it stands and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from events.models import Citation, Claim, Event
from timeline import labels
from timeline.cards import actor_link, event_url, foreign
from timeline.dates import date_text
from timeline.markdown import plain, rendered
from timeline.marks import Mark


@dataclass(frozen=True)
class ClaimLine:
    id: str
    text: str
    lang: str
    said_by: str
    said_by_url: str
    reported_by: str
    quantity: str
    status: str
    mark: str
    status_text: str
    reason: SafeString
    sources: list[Mark]

    @property
    def is_first_hand(self) -> bool:
        """The one who said it is the one who reported it."""
        return self.said_by == self.reported_by


def claims_of(
    event: Event, citations: Iterable[Citation], numbers: dict[int, int]
) -> list[ClaimLine]:
    marks: dict[int, list[Mark]] = {}
    for citation in citations:
        if citation.claim_id:
            marks.setdefault(citation.claim_id, []).append(
                Mark(numbers[citation.source_id], citation.stance == Citation.Stance.DISPUTES)
            )
    claims = Claim.objects.filter(event=event).select_related(
        "said_by_actor", "reported_by_publisher"
    )
    return [claim_line(claim, marks.get(claim.pk, [])) for claim in claims]


def claim_line(claim: Claim, marks: list[Mark]) -> ClaimLine:
    actor, publisher = claim.said_by_actor, claim.reported_by_publisher
    return ClaimLine(
        id=claim.public_id,
        text=plain(claim.text),
        lang=foreign(claim.text),
        said_by=plain(claim.said_by),
        said_by_url=actor_link(actor).url if actor else "",
        reported_by=plain(claim.reported_by or (publisher.name if publisher else "")),
        quantity=quantity_text(claim.quantity_value, claim.quantity_unit),
        status=claim.status,
        mark=labels.CLAIM_MARKS[claim.status],
        status_text=labels.word(labels.CLAIM_STATUS, claim.status),
        reason=rendered(claim.reason),
        sources=sorted(marks, key=lambda mark: mark.number),
    )


@dataclass(frozen=True)
class ClaimOfEvent:
    """A claim outside its event's page, with the way to it."""

    claim: ClaimLine
    title: str
    lang: str
    url: str
    date: str


def claim_of_event(claim: Claim) -> ClaimOfEvent:
    event = claim.event
    return ClaimOfEvent(
        claim_line(claim, []),
        plain(event.title),
        foreign(event.title),
        event_url(event),
        date_text(event.date),
    )


def quantity_text(value: Decimal | None, unit: str) -> str:
    """`80000000000 USD` → “80 billion USD”, without zeros that say nothing, and exact."""
    if value is None:
        return ""
    pattern = "%s"
    for size, words in _sizes():
        if abs(value) >= size and (value / size * 1000) % 1 == 0:
            value, pattern = value / size, words
            break
    exact = value.normalize()
    places = max(0, -int(exact.as_tuple().exponent))
    number = number_format(exact, decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{pattern % number} {unit}"


def _sizes() -> list[tuple[Decimal, str]]:
    """Large numbers as the language counts them: thousands in English, myriads in Chinese."""
    # Translators: how many zeros the three large-number words below stand for.
    zeros = pgettext("large numbers", "12 9 6").split()
    words = (
        pgettext("largest number", "%s trillion"),
        pgettext("large number", "%s billion"),
        pgettext("smaller large number", "%s million"),
    )
    return [(Decimal(10) ** int(z), w) for z, w in zip(zeros, words, strict=True)]
