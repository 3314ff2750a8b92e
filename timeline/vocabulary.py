"""Which actors, topics and regions the public record knows."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q, Value
from django.db.models.functions import Lower

from events.models import Actor


def find_actors(given: Iterable[str]) -> dict[str, Actor]:
    """Actors by slug, name or alias as somebody wrote it; a merged actor gives its successor."""
    wanted = {value.casefold(): value for value in given}
    slugs = [("-".join(value.split())) for value in wanted]
    actors = (
        Actor.objects.annotate(lower_name=Lower("name"))
        .filter(
            Q(slug__in=slugs)
            | Q(lower_name__in=list(wanted))
            | Q(aliases__overlap=Value(_spellings(wanted.values()), _TEXTS))
        )
        .select_related("merged_into")
    )
    found: dict[str, Actor] = {}
    for actor in actors:
        successor = actor.merged_into or actor
        for name in (actor.slug, actor.slug.replace("-", " "), actor.name, *actor.aliases):
            if name.casefold() in wanted:
                found[wanted[name.casefold()]] = successor
    return found


_TEXTS = ArrayField(models.CharField(max_length=200))


def _spellings(values: Iterable[str]) -> list[str]:
    """Aliases are stored as written; the usual spellings of what was typed reach them."""
    return sorted({form for v in values for form in (v, v.lower(), v.upper(), v.title())})


def known_words(tags: Iterable[str], regions: Iterable[str]) -> tuple[set[str], set[str]]:
    """Those of `tags` and of `regions` that any published event carries. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT 'tag', word FROM unnest(%s::text[]) AS word WHERE EXISTS (
                SELECT 1 FROM events_event WHERE status = 'published'
                AND tags @> ARRAY[word::varchar])
            UNION ALL
            SELECT 'region', word FROM unnest(%s::text[]) AS word WHERE EXISTS (
                SELECT 1 FROM events_event WHERE status = 'published'
                AND regions @> ARRAY[word::varchar])
            """,
            [list(tags), list(regions)],
        )
        rows = cursor.fetchall()
    return {word for kind, word in rows if kind == "tag"}, {
        word for kind, word in rows if kind == "region"
    }
