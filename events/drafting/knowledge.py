"""What drafting knows of the record: names, lore, tags, and the events worth comparing with.

Read from the newest events, so that a large record costs no more, and kept in the process: names
until the next edition, what was learned for some editions longer.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import (
    Count,
    F,
    Prefetch,
    QuerySet,
    Subquery,
    Value,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce

from events.drafting.choosing import COMPARED, OF_SAME_DAYS
from events.drafting.likeness import NEAR
from events.drafting.lore import Lore
from events.drafting.rarity import Rarity, news_weight
from events.drafting.texts import EventText, SourceText, title_terms, words_of
from events.drafting.who import ActorNames, Who
from events.models import Actor, Edition, Event, Source
from events.models.dates import read_edtf
from events.models.event import CREATION_UNDONE

LEARNED_FROM = 3_000
LEARNED_AGAIN = 25  # editions; reading that many events anew takes more than a second
SOUGHT_WORDS, SOUGHT_UNKNOWN = 16, 8
MOST_TAGS = 4
_TAG_SHARE = 0.5
_NEAR = datetime.timedelta(days=NEAR)


@dataclass(frozen=True)
class Learned:
    """What the newest events teach. It changes slowly: twenty events more do not matter."""

    lore: Lore
    rarity: Rarity
    tags_of: dict[str, Counter[str]]
    term_count: Counter[str]

    @classmethod
    def read(cls) -> Learned:
        newest = list(Event.objects.published().order_by("-pk")[:LEARNED_FROM])
        tags = {event.pk: event.tags for event in newest}
        events = event_texts(newest)
        tags_of: defaultdict[str, Counter[str]] = defaultdict(Counter)
        term_count: Counter[str] = Counter()
        for event in events:
            for term in {t for source in event.sources for t in title_terms(source.title)}:
                term_count[term] += 1
                tags_of[term].update(tags[event.key])
        return cls(Lore(events), Rarity.of(events), dict(tags_of), term_count)


@dataclass(frozen=True)
class Knowledge:
    who: Who
    countries: dict[int, str]
    learned: Learned

    @classmethod
    def current(cls) -> Knowledge:
        """Names as of this edition; what was learned, as of an edition not long ago."""
        actors = Actor.objects.order_by().annotate(one=Value(1)).values("one")
        counted = actors.annotate(count=Count("pk")).values("count")
        versions = Edition.objects.values_list("number", Coalesce(Subquery(counted), 0))
        version = versions.first() or (0, 0)
        kept = _kept.get("now")
        if kept is None or kept.version != version:
            kept = _renewed(kept, version)
            _kept["now"] = kept
        return kept.knowledge

    @classmethod
    def with_names(cls, learned: Learned) -> Knowledge:
        actors = list(Actor.objects.filter(merged_into__isnull=True).order_by("pk"))
        return cls(
            who=Who.of(ActorNames(a.pk, a.name, a.aliases, a.kind) for a in actors),
            countries={a.pk: a.country for a in actors},
            learned=learned,
        )

    def regions(self, actors: Sequence[int]) -> tuple[str, ...]:
        """Where the actors are at home."""
        return tuple(dict.fromkeys(c for a in actors if (c := self.countries.get(a, ""))))

    def tags(self, texts: Sequence[SourceText]) -> tuple[str, ...]:
        """Tags that the record gives when these words stand in titles."""
        chance: dict[str, float] = {}
        for term in {term for text in texts for term in title_terms(text.title)}:
            total = self.learned.term_count[term]
            for tag, count in (
                self.learned.tags_of.get(term, Counter()).items() if total > 1 else ()
            ):
                chance[tag] = max(chance.get(tag, 0), count / (total + 0.5))
        likely = [tag for tag in chance if chance[tag] >= _TAG_SHARE]
        return tuple(sorted(likely, key=lambda tag: (-chance[tag], tag))[:MOST_TAGS])


@dataclass(frozen=True)
class _Kept:
    version: tuple[int, int]  # edition and number of actors
    since: int  # the edition it was learned at
    knowledge: Knowledge


_kept: dict[str, _Kept] = {}


def _renewed(kept: _Kept | None, version: tuple[int, int]) -> _Kept:
    edition = version[0]
    if kept is not None and 0 <= edition - kept.since < LEARNED_AGAIN:
        return _Kept(version, kept.since, Knowledge.with_names(kept.knowledge.learned))
    return _Kept(version, edition, Knowledge.with_names(Learned.read()))


def forget() -> None:
    """Read the record anew next time: for tests, whose records are not each other's."""
    _kept.clear()


def source_text(source: Source) -> SourceText:
    first, last = _days(source)
    return SourceText(
        title=source.title,
        summary=source.summary,
        publisher=source.publisher.name if source.publisher else "",
        publisher_kind=source.publisher.kind if source.publisher else "",
        published=first,
        published_until=last,
    )


def _days(source: Source) -> tuple[datetime.date | None, datetime.date | None]:
    """When it came out: to the day, else as the record dates it, else when a feed brought it.

    An address that a person enters may be of any age.
    """
    if source.published_at is None and source.published:
        stated = read_edtf(source.published)
        return stated.earliest, stated.latest
    if source.published_at is None and not source.entries.exists():
        return None, None
    at = min(source.published_at or source.first_seen_at, source.first_seen_at)
    return at.date(), at.date()


def event_texts(events: Iterable[Event], *, with_sources: bool = True) -> list[EventText]:
    chosen = list(events)
    cited = Prefetch("sources", Source.objects.select_related("publisher"))
    prefetch_related_objects(chosen, "actors", *([cited] if with_sources else []))
    return [
        EventText(
            key=event.pk,
            title=event.title,
            summary=event.summary,
            category=event.category,
            earliest=event.earliest,
            latest=event.latest,
            actors=tuple(actor.pk for actor in event.actors.all()),
            sources=tuple(
                SourceText(
                    title=source.title,
                    publisher=source.publisher.name if source.publisher else "",
                    publisher_kind=source.publisher.kind if source.publisher else "",
                )
                for source in (event.sources.all() if with_sources else ())
            ),
        )
        for event in chosen
    ]


def likely_events(texts: Sequence[SourceText], rarity: Rarity) -> list[Event]:
    """Events worth comparing with: by telling words, best first, then of the same days."""
    known = Event.objects.exclude(status=Event.Status.MERGED)  # these lead elsewhere
    known = known.exclude(status_reason=CREATION_UNDONE)  # would crowd out what there is
    found = {event.pk: event for event in _by_words(known, _telling_words(texts, rarity))}
    found |= {event.pk: event for event in _by_time(known, texts) if event.pk not in found}
    return list(found.values())


def _by_words(known: QuerySet[Event], words: list[str]) -> QuerySet[Event]:
    if not words:
        return known.none()
    query = SearchQuery(words[0], config="english")
    for word in words[1:]:
        query = query | SearchQuery(word, config="english")
    found = known.filter(search__document=query)
    ranked = found.annotate(rank=SearchRank(F("search__document"), query))
    return ranked.order_by("-rank", "-pk")[:COMPARED]


def _by_time(known: QuerySet[Event], texts: Sequence[SourceText]) -> QuerySet[Event]:
    """Where titles say nothing ("Form 8-K") the day of the first source may."""
    first = min((text.days for text in texts if text.days), default=None)
    if first is None:
        return known.none()
    around = (first[0] - _NEAR, first[1] + _NEAR)
    return known.filter(earliest__range=around).order_by("-importance", "-pk")[:OF_SAME_DAYS]


def _telling_words(texts: Sequence[SourceText], rarity: Rarity) -> list[str]:
    """The rarest that the record had when it was last learned, and some that it had not.

    The search reads GPT-4 as two words, and so it must be asked.
    """
    words = {w for text in texts for w in words_of(text.title) if "-" not in w}
    known = [word for word in words if rarity.events_with[word]]
    rare = sorted(known, key=lambda word: (-rarity.weight(word), -news_weight(word), word))
    unknown = sorted(words.difference(known), key=lambda word: (-news_weight(word), word))
    return [*rare[:SOUGHT_WORDS], *unknown[:SOUGHT_UNKNOWN]]
