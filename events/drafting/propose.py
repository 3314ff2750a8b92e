"""From a story the draft of an event. Reads the record, writes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from events.drafting.proposal import LooksLike, ProposedCitation, ProposedEvent
from events.language.words import clean, words
from events.models import Actor, Citation, Event, Source, Story

LOOKS_LIKE = 0.5
PRIMARY_KINDS = (Source.Kind.PRIMARY, Source.Kind.OFFICIAL, Source.Kind.PAPER)
_SUFFIX = re.compile(r"\s+[|–—-]\s+(?P<name>[^|–—-]{2,40})$")
_CATEGORY_WORDS: Sequence[tuple[Event.Category, str]] = (
    (Event.Category.EXPORT_CONTROL, "export control sanction entity"),
    (Event.Category.LAWSUIT, "sue suit lawsuit court judge copyright ruling settle"),
    (Event.Category.FUNDING, "raise funding valuation round invest billion series"),
    (Event.Category.MARKET, "share stock market ipo nasdaq rout"),
    (Event.Category.POLICY, "act law bill order rule regulation minister senate policy"),
    (Event.Category.CHIPS, "chip gpu processor accelerator wafer foundry"),
    (Event.Category.INFRASTRUCTURE, "data-center datacenter center supercomputer power stargate"),
    (Event.Category.TALENT, "hire leave join resign appoint depart ceo"),
    (Event.Category.INCIDENT, "breach outage leak attack ban bug hack"),
    (Event.Category.RESEARCH, "paper research study benchmark scientist"),
    (Event.Category.MODEL_RELEASE, "release launch model unveil open-source version api"),
)


def propose_event(story: Story) -> ProposedEvent:
    """Draft an event from the story's sources; an empty story gives the story's own title."""
    sources = list(
        Source.objects.filter(membership__story=story)
        .select_related("publisher")
        .order_by("first_seen_at", "pk")
    )
    titles = [clean_title(source) for source in sources] or [story.title]
    text = " ".join([*titles, *(source.summary for source in sources)])
    actors = actors_in(text)
    return ProposedEvent(
        title=medoid(titles)[:300],
        title_is_quote=bool(sources),
        date=earliest_date(sources, story),
        summary="",
        category=category_of(text),
        importance=importance_of(story.publisher_count),
        regions=tuple(dict.fromkeys(a.country for a in actors if a.country)),
        actor_ids=tuple(actor.pk for actor in actors),
        citations=citations_of(sources),
        looks_like=looks_like(text),
    )


def clean_title(source: Source) -> str:
    """The headline without the publisher's name behind a bar or dash."""
    title = clean(source.title, 1000)
    names = {source.publisher.name.lower(), *source.publisher.hosts} if source.publisher else set()
    match = _SUFFIX.search(title)
    if match and match["name"].lower() in names:
        return title[: match.start()]
    return title


def medoid(titles: list[str]) -> str:
    """The headline that shares most with the others."""
    bags = [set(words(title)) for title in titles]

    def nearness(index: int) -> float:
        return sum(len(bags[index] & bag) / (len(bags[index] | bag) or 1) for bag in bags)

    return titles[max(range(len(titles)), key=nearness)]


def earliest_date(sources: list[Source], story: Story) -> str:
    times = [source.published_at or source.first_seen_at for source in sources]
    return min(times, default=story.first_source_at).date().isoformat()


def actors_in(text: str) -> list[Actor]:
    """Actors whose name or alias stands in the text as whole words."""
    found = []
    for actor in Actor.objects.filter(merged_into__isnull=True):
        names = [actor.name, *actor.aliases]
        if any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names):
            found.append(actor)
    return found


def category_of(text: str) -> str:
    bag = Counter(words(clean(text)))
    scores = {
        category: sum(bag[word] for word in keys.split()) for category, keys in _CATEGORY_WORDS
    }
    best = max(scores, key=lambda category: scores[category])
    return best.value if scores[best] else Event.Category.STATEMENT.value


def importance_of(publisher_count: int) -> int:
    if publisher_count >= 6:
        return Event.Importance.MAJOR
    return Event.Importance.NOTABLE if publisher_count >= 3 else Event.Importance.MINOR


def citations_of(sources: list[Source]) -> tuple[ProposedCitation, ...]:
    """Primary first, one per publisher, copies folded into what they copy."""
    ids = {source.pk for source in sources}
    ordered = sorted(sources, key=lambda source: source.kind not in PRIMARY_KINDS)
    seen: set[int] = set()
    chosen = []
    for source in ordered:
        voice = source.publisher_id or -source.pk
        if source.copy_of_id in ids or voice in seen:
            continue
        seen.add(voice)
        is_primary = source.kind in PRIMARY_KINDS
        role = Citation.Role.PRIMARY if is_primary else Citation.Role.REPORT
        chosen.append(ProposedCitation(source.pk, role.value))
    return tuple(chosen)


def looks_like(text: str) -> tuple[LooksLike, ...]:
    """Events of the record whose title's words nearly all stand in the text."""
    bag = set(words(clean(text)))
    found = []
    for event in Event.objects.exclude(status=Event.Status.MERGED).only("id", "title"):
        title = set(words(event.title))
        shared = title & bag
        score = len(shared) / (len(title) or 1)
        if score >= LOOKS_LIKE and len(shared) >= 3:
            found.append(LooksLike(event.pk, round(score, 3), tuple(sorted(shared))))
    return tuple(sorted(found, key=lambda like: -like.score)[:5])
