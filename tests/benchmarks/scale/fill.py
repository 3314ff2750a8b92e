"""A database of so many stored sources, as placing and re-clustering would have left it.

The newest sources are read and fingerprinted by the code under test. Older ones repeat them
under other addresses, other keys of copies and other days: no fresh source may find those, so
they only have to be as many and as large.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Model
from psycopg.types.json import Jsonb

from events.ingestion.group_keys import SPAN_HOURS
from events.ingestion.group_pairs import term_frequency
from events.ingestion.shelf import Shelf, save_frequency
from events.ingestion.shelf_rows import KEPT, New
from events.ingestion.store_sources import defaults
from events.models import (
    CopyKey,
    Fingerprint,
    Publisher,
    Source,
    StoredReading,
    Story,
    StoryMembership,
    TermKey,
)
from tests.benchmarks.scale.texts import Newsroom, Text

PER_DAY = 2_000
DAYS = 10  # as long as a story stays open
NEWEST = PER_DAY * DAYS
PUBLISHERS = 300
FRESH = 100_000_000  # ids from here on are of what comes after filling
TIMES = frozenset(
    [
        "published_at",
        "first_seen_at",
        "first_source_at",
        "last_source_at",
        "created_at",
        "added_at",
        "at",
    ]
)
# Of fresh sources so many tell of what was not told before; the rest tell a happening once more.
NEW_SHARE, MANY = 0.4, 40


def recent(size: int) -> list[tuple[datetime.timedelta, Text]]:
    """`size` texts with how long ago each came out, latest first."""
    random = np.random.default_rng(3)
    chosen: list[tuple[float, Text]] = []
    begin, happening = 0.0, 0
    for text in Newsroom(1).texts():
        if text.happening != happening:
            begin, happening = random.random() * DAYS * 24, text.happening
        if begin >= text.hours:
            chosen.append((begin - text.hours, text))
        if len(chosen) == size:
            break
    chosen.sort(key=lambda pair: pair[0])
    return [(datetime.timedelta(hours=hours), text) for hours, text in chosen]


def fresh(size: int, newest: list[tuple[datetime.timedelta, Text]], seed: int) -> list[Text]:
    """Texts that come now: further ones on happenings of the last days, and on new ones."""
    random = np.random.default_rng(seed)
    going_on = [text.happening for ago, text in newest if ago < datetime.timedelta(days=2)]
    newsroom = Newsroom(seed)
    new = newsroom.texts()
    further = iter(random.choice(going_on, size).tolist())
    return [
        next(new)
        if random.random() < NEW_SHARE
        else list(Newsroom(1).told(next(further), MANY))[-1]
        for _ in range(size)
    ]


@dataclass
class Archive:
    """Stored sources, by number: 1 is the newest. `NEWEST` of them are news of their own."""

    now: datetime.datetime

    @cached_property
    def newest(self) -> list[tuple[datetime.timedelta, Text]]:
        return recent(NEWEST)

    def fill(self, first: int, last: int) -> None:
        """Store the sources of these numbers, and what grouping keeps of them."""
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0; SET maintenance_work_mem = '1GB'")
            cursor.execute("SET session_replication_role = replica")  # no foreign keys to look up
            if first == 1:
                _publishers()
            if first <= NEWEST:
                self._write(first, min(last, NEWEST))
            if last > NEWEST:
                with _without_indexes():
                    _repeat(max(first, NEWEST + 1), last)
            cursor.execute("RESET session_replication_role")
            for model in (Source, Story, StoryMembership):
                table = model._meta.db_table
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
                    f" greatest({FRESH}, max(id))) FROM {table}"
                )
            cursor.execute("VACUUM ANALYZE")

    def arrive(self, texts: Sequence[Text]) -> list[int]:
        """Store fresh sources that nobody placed yet."""
        last = max(FRESH, Source.objects.latest("pk").pk)
        made = Source.objects.bulk_create(
            Source(
                canonical_url=_address(number),
                url=_address(number),
                title=text.title,
                summary=text.summary,
                publisher_id=number % PUBLISHERS + 1,
                lang="en",
                published_at=self.now,
                first_seen_at=self.now,
            )
            for number, text in enumerate(texts, last + 1)
        )
        return [source.pk for source in made]

    def _write(self, first: int, last: int) -> None:
        """Sources in the stories that they truly belong to, read by the code under test."""
        happenings = dict.fromkeys(text.happening for _, text in self.newest)
        story_of = {happening: number for number, happening in enumerate(happenings, 1)}
        told = [
            (number, self.now - ago, story_of[text.happening], text)
            for number, (ago, text) in enumerate(self.newest[first - 1 : last], first)
        ]
        _copy(Source, (_source(number, at, text) for number, at, _, text in told))
        known = set(Story.objects.values_list("pk", flat=True))
        stories = {story: (at, text) for _, at, story, text in told if story not in known}
        _copy(Story, (_story(story, at, text) for story, (at, text) in stories.items()))
        _copy(StoryMembership, (_member(number, at, story) for number, at, story, _ in told))
        self._read(range(first, last + 1))

    def _read(self, numbers: Sequence[int]) -> None:
        shelf = Shelf()
        if not shelf.frequency_of:
            readings = [new.reading for part in _parts(shelf, numbers) for new in part]
            save_frequency(term_frequency(readings), len(readings), self.now)
            shelf = Shelf()
        for part in _parts(shelf, numbers):
            shelf.add(part)


def _parts(shelf: Shelf, numbers: Sequence[int]) -> Iterator[list[New]]:
    for start in range(0, len(numbers), 500):
        yield shelf.read_new(numbers[start : start + 500])


def _address(number: int) -> str:
    return f"https://p{number % PUBLISHERS}.example/{number}"


def _source(number: int, at: datetime.datetime, text: Text) -> dict[str, Any]:
    return {
        "id": number,
        "canonical_url": _address(number),
        "url": _address(number),
        "title": text.title,
        "publisher_id": number % PUBLISHERS + 1,
        "lang": "en",
        "published_at": at,
        "first_seen_at": at,
        "summary": text.summary,
    }


def _story(number: int, at: datetime.datetime, text: Text) -> dict[str, Any]:
    return {
        "id": number,
        "title": text.title,
        "relevance": 0.7,
        "source_count": 1,
        "publisher_count": 1,
        "first_source_at": at,
        "last_source_at": at,
        "created_at": at,
    }


def _member(number: int, at: datetime.datetime, story: int) -> dict[str, Any]:
    return {
        "id": number,
        "story_id": story,
        "source_id": number,
        "score": 0.8,
        "signals": {"because": ["Names", "words", "1 January"]},
        "added_at": at,
    }


def _repeat(first: int, last: int) -> None:
    """Further sources like the newest: older, elsewhere, copies of nothing else."""
    ago = f"interval '{DAYS} days' * round.number"
    number = f"{{}} + {NEWEST} * round.number"
    stories = Story.objects.filter(pk__lte=NEWEST).count()
    story = f"{{}} + {stories} * round.number"
    address = f"'https://p' || ({number.format('id')}) || '.example/'"
    times = {name: f"{name} - {ago}" for name in sorted(TIMES)}
    mask = "hashint8extended(round.number, 1)"
    own: dict[str, str] = {
        "id": number.format("id"),
        "source_id": number.format("source_id"),
        **times,
    }
    member = {**own, "story_id": story.format("story_id")}
    rounds = (first, last)
    _insert(Source, {**own, "canonical_url": address, "url": address}, "id", rounds)
    _insert(Story, {**times, "id": story.format("id")}, "id", rounds)
    _insert(StoryMembership, member, "source_id", rounds)
    _insert(Fingerprint, own, "source_id", rounds)
    _insert(CopyKey, {**own, "key": f"key # {mask}"}, "source_id", rounds)
    # What is older than this was forgotten.
    kept = (first, min(last, PER_DAY * KEPT.days))
    span = f"(({DAYS * 24} * round.number / {SPAN_HOURS}) << 20)"
    _insert(TermKey, {**own, "key": f"key + {span}"}, "source_id", kept)
    _insert(StoredReading, own, "source_id", kept)


def _insert(model: type[Model], changed: dict[str, str], by: str, numbers: tuple[int, int]) -> None:
    columns = [field.column for field in model._meta.concrete_fields if field.column]
    values = ", ".join(changed.get(column, column) for column in columns)
    first, last = ((number - 1) // NEWEST for number in numbers)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {values}"
            f" FROM {model._meta.db_table}, generate_series(%s::bigint, %s) AS round(number)"
            f" WHERE {by} <= {NEWEST}",
            [first, last],
        )


def _publishers() -> None:
    Publisher.objects.bulk_create(
        Publisher(pk=n, slug=f"p{n}", name=f"Publisher {n}") for n in range(1, PUBLISHERS + 1)
    )


def _copy(model: type[Model], rows: Iterator[dict[str, Any]]) -> None:
    """COPY rows of the model; what they do not give has the model's default."""
    first = next(rows)
    others = defaults(model, first)
    names = ", ".join([*first, *others])
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy,
    ):
        for row in (first, *rows):
            values = [Jsonb(value) if isinstance(value, dict) else value for value in row.values()]
            copy.write_row([*values, *others.values()])


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Build the large indexes after filling: much faster than row by row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND NOT EXISTS"
            " (SELECT FROM pg_constraint WHERE conname = indexname)",
            [[model._meta.db_table for model in (Source, Story, StoryMembership)]],
        )
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("ALTER TABLE events_copykey DROP CONSTRAINT events_copykey_pkey")
        yield
        for _, definition in found:
            cursor.execute(definition)
        cursor.execute("ALTER TABLE events_copykey ADD PRIMARY KEY (key, source_id)")
