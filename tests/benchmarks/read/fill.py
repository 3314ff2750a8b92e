"""A public record of any size that reads like ours: written by COPY, triggers off, then indexed.

Sentences are walks through the words of the record's own titles and summaries, with invented
names of products in them. Actors, publishers, topics and regions are as frequent as the n-th of
their list is wont to be (Zipf). The same size gives the same rows.
"""

from __future__ import annotations

import datetime
import itertools
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, models

from events.models import (
    Actor,
    Citation,
    Claim,
    Event,
    EventSlug,
    Participation,
    Publisher,
    Source,
)
from events.models.dates import read_edtf
from events.models.ids import public_id_for
from events.record.reading import INITIAL, read_record

UTC = datetime.UTC
FIRST_DAY, DAYS = datetime.date(2012, 1, 1), 5_400
ACTORS, PUBLISHERS, TOPICS = 400, 300, 500
CATEGORIES = list(Event.Category.values)
REGIONS = ["US", "CN", "EU", "UK", "INT", "JP", "KR", "FR", "IN", "TW", "CA", "DE", "AE", "IL"]
STATUSES = ["supported", "unverified", "disputed", "refuted"]
_STARTS = ["Ka", "Vel", "Or", "Tan", "Mi", "Zer", "Qu", "Lu", "Bra", "Sol", "Nex", "Fy", "Gra"]
_ENDS = ["ra", "don", "mix", "lis", "vex", "tor", "nia", "phon", "zen", "bit", "lo", "gen", "crest"]
# What follows the rows: what the triggers would have written, and statistics.
DERIVED = """
INSERT INTO events_revision (event_id, number, at, by_name, reason, snapshot, edition)
    SELECT id, 1, first_published_at, 'benchmark', '', record_snapshot(id), 2 FROM events_event;
UPDATE events_edition SET number = 2, changed_at = now();
SELECT record_index(array_agg(id)) FROM events_event;
"""


class Ranks:
    """Draws from a list: the n-th as often as 1/n."""

    def __init__(self, chance: random.Random, count: int) -> None:
        self._chance, self._values = chance, range(count)
        self._weights = list(itertools.accumulate(1 / (n + 1) for n in range(count)))

    def draw(self, most: int) -> list[int]:
        """Up to `most` different numbers."""
        drawn = self._chance.choices(self._values, cum_weights=self._weights, k=most)
        return list(dict.fromkeys(drawn))


class Writer:
    """Sentences in the words of the record."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._next: dict[str, list[str]] = defaultdict(list)
        for event in read_record(INITIAL, canonicalize=str).events:
            words = ["", *f"{event.title} . {event.summary}".split()]
            for word, following in itertools.pairwise(words):
                self._next[word].append(following)
        self._words = sorted(self._next)

    def sentence(self, length: int) -> str:
        words: list[str] = []
        word = ""
        while len(words) < length:
            word = self._chance.choice(self._next.get(word) or self._words)
            words.append(self.product() if self._chance.random() < 0.08 else word)
        return " ".join(words).strip(" .,;")

    def product(self) -> str:
        choose = self._chance.choice
        name = choose(_STARTS) + choose(_ENDS) + choose(_ENDS)
        return f"{name}-{self._chance.randrange(1, 9)}"


def copy(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """COPY `rows` into the table; what a row does not say is the field's default."""
    fields = model._meta.concrete_fields
    columns = ", ".join(str(field.column) for field in fields)
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as into:
            for row in rows:
                into.write_row(
                    [row[f.attname] if f.attname in row else f.get_default() for f in fields]
                )
        if model._meta.pk.get_internal_type() == "BigAutoField":
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{model._meta.db_table}', 'id'), "
                f"(SELECT max(id) FROM {model._meta.db_table}))"
            )


def fill(size: int) -> None:
    """`size` published events with all that belongs to them, in an empty migrated database."""
    chance = random.Random(size)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    copy(Actor, _actors())
    copy(Publisher, _publishers())
    rows = _Rows(chance, size)
    for model in (Event, EventSlug, Participation, Claim, Source, Citation):
        copy(model, rows.of[model])
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")
        cursor.execute(DERIVED)
        cursor.execute("VACUUM ANALYZE")


def _actors() -> Iterator[dict[str, Any]]:
    kinds = list(Actor.Kind.values)
    for n in range(ACTORS):
        name = f"{_STARTS[n % 13]}{_ENDS[n // 13 % 13]} {_ENDS[(n * 7) % 13].title()} {n}"
        yield {
            "id": n + 1,
            "slug": f"actor-{n + 1}",
            "name": name,
            "kind": kinds[n % len(kinds)],
            "country": REGIONS[n % len(REGIONS)],
            "aliases": [f"A{n}"],
        }


def _publishers() -> Iterator[dict[str, Any]]:
    for n in range(PUBLISHERS):
        yield {"id": n + 1, "slug": f"publisher-{n + 1}", "name": f"The {_STARTS[n % 13]} Post {n}"}


class _Rows:
    """All rows of all tables. A source is cited by one event, or with luck by two."""

    def __init__(self, chance: random.Random, size: int) -> None:
        self._chance, self._writer = chance, Writer(chance)
        self._actors, self._topics = Ranks(chance, ACTORS), Ranks(chance, TOPICS)
        self._publishers, self._regions = Ranks(chance, PUBLISHERS), Ranks(chance, len(REGIONS))
        self.of: dict[type[models.Model], list[dict[str, Any]]] = defaultdict(list)
        for number in range(1, size + 1):
            self._event(number)

    def _add(self, model: type[models.Model], **row: Any) -> int:
        row["id"] = len(self.of[model]) + 1
        self.of[model].append(row)
        return int(row["id"])

    def _event(self, number: int) -> None:
        chance = self._chance
        # Ever more happens, and of late most.
        day = FIRST_DAY + datetime.timedelta(int(DAYS * chance.random() ** 0.45))
        date = self._date(day)
        bounds = read_edtf(date)
        published = datetime.datetime.combine(day, datetime.time(12), UTC)
        title = self._writer.sentence(chance.randrange(6, 13))
        slug = f"event-{number}"
        event = self._add(
            Event,
            date=date,
            earliest=bounds.earliest,
            latest=bounds.latest,
            precision=bounds.precision,
            is_approximate=bounds.is_approximate,
            is_uncertain=bounds.is_uncertain,
            public_id=public_id_for(slug),
            slug=slug,
            title=title[:1].upper() + title[1:],
            summary=self._writer.sentence(chance.randrange(12, 40)) + ".",
            category=chance.choice(CATEGORIES),
            importance=chance.choices((1, 2, 3), (60, 32, 8))[0],
            regions=[REGIONS[n] for n in self._regions.draw(2)],
            tags=[f"topic-{n + 1}" for n in self._topics.draw(4)],
            status="published",
            first_published_at=published,
            last_changed_at=published,
            recorded_at=published,
            revision_number=1,
        )
        self._add(EventSlug, event_id=event, slug=slug)
        for position, actor in enumerate(self._actors.draw(3)):
            self._add(Participation, event_id=event, actor_id=actor + 1, position=position)
        self._claims(event, title)
        self._sources(event, title, day)

    def _retold(self, title: str) -> str:
        """What others write of an event is in its words, more or less."""
        words = title.split()
        kept = self._chance.sample(words, k=max(1, len(words) * 3 // 4))
        return f"{' '.join(kept)} {self._writer.sentence(2)}"

    def _date(self, day: datetime.date) -> str:
        kind = self._chance.random()
        if kind < 0.9:
            return day.isoformat()
        if kind < 0.96:
            return f"{day:%Y-%m}"
        later = day + datetime.timedelta(self._chance.randrange(1, 60))
        return f"{day}/{later}" if kind < 0.99 else f"{day:%Y}"

    def _claims(self, event: int, title: str) -> None:
        for _ in range(self._chance.choices((0, 1, 2), (60, 30, 10))[0]):
            self._add(
                Claim,
                event_id=event,
                public_id=public_id_for(f"claim-{len(self.of[Claim])}"),
                text=self._retold(title),
                said_by=self._writer.sentence(2),
                status=self._chance.choices(STATUSES, (50, 30, 15, 5))[0],
                reason=self._writer.sentence(8),
            )

    def _sources(self, event: int, title: str, day: datetime.date) -> None:
        for publisher in self._publishers.draw(3):
            sources = len(self.of[Source])
            if sources and self._chance.random() < 0.1:
                source = self._chance.randrange(1, sources + 1)
            else:
                url = f"https://{publisher}.news.example/{day:%Y/%m}/{sources}"
                source = self._add(
                    Source,
                    canonical_url=url,
                    url=url,
                    title=self._retold(title),
                    publisher_id=publisher + 1,
                    lang="en",
                    published=day.isoformat(),
                )
            if not any(c["source_id"] == source for c in self.of[Citation][-3:]):
                self._add(Citation, event_id=event, source_id=source)
