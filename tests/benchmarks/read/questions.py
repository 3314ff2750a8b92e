"""What readers ask, as addresses of ours and of Datasette that mean the same.

Each question searches for one or two words of some event and narrows by one or two of its facets,
so that each finds something; all are different, so that no cache of pages knows them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import connection

SIZE = 40
_WORD = re.compile(r"[a-z]{4,}")
# The same facets as on our page; arrays are arrays there.
FACETS = [("_facet", "category"), ("_facet", "importance")] + [
    ("_facet_array", name) for name in ("regions", "tags", "actors", "claims")
]


@dataclass(frozen=True)
class Question:
    words: str
    facets: tuple[tuple[str, str], ...]

    @property
    def ours(self) -> str:
        return "/?" + urlencode({"q": self.words, **dict(sorted(self.facets, key=_order))})

    @property
    def datasette(self) -> str:
        pairs = [("_search", self.words), *FACETS, ("_sort_desc", "day"), ("_size", str(SIZE))]
        arrays = {"actor": "actors", "region": "regions", "tag": "tags"}
        for name, value in self.facets:
            pairs.append((f"{arrays[name]}__arraycontains" if name in arrays else name, value))
        return "/events/events?" + urlencode(pairs)


def _order(facet: tuple[str, str]) -> int:
    """The order of our canonical addresses: any other is answered with a redirect."""
    return ["category", "actor", "region", "tag", "importance"].index(facet[0])


def questions(count: int, *, seed: int) -> list[Question]:
    """`count` different questions about the record in the database."""
    chance = random.Random(seed)
    asked: dict[Question, None] = {}
    while len(asked) < count:
        for title, facets in _events(chance, count):
            words = sorted(set(_WORD.findall(title.lower())))
            if not words:
                continue
            chosen = chance.sample(words, k=min(len(words), chance.choice((1, 1, 2))))
            names = chance.sample(sorted(facets), k=chance.choice((1, 1, 2)))
            question = Question(" ".join(chosen), tuple((n, facets[n]) for n in names))
            asked.setdefault(question)
    return list(asked)[:count]


def _events(chance: random.Random, count: int) -> Iterator[tuple[str, dict[str, str]]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM events_event")
        (newest,) = cursor.fetchone()
        cursor.execute(
            """
            SELECT e.title, e.category, e.importance, e.regions[1], e.tags[1], a.slug
            FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted(id, place)
                JOIN events_event e ON e.id = wanted.id
                JOIN events_participation p ON p.event_id = e.id AND p.position = 0
                JOIN events_actor a ON a.id = p.actor_id ORDER BY place
            """,
            [[chance.randint(1, newest) for _ in range(count)]],
        )
        rows = cursor.fetchall()
    for title, category, importance, region, tag, actor in rows:
        facets = {"category": category, "region": region, "tag": tag, "actor": actor}
        yield title, {**facets, "importance": str(importance)}
