"""Which stories wait, in which order: one page by keyset, never a full count."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from events.models import Event, RelevanceRule, Story, Suggestion, User
from events.models.ids import row_number

PAGE = 30
COUNT_UP_TO = 1000

# name: (label, columns from first to last, is the first one descending)
SORTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "voices": ("most publishers", ("-publisher_count", "-last_source_at", "-id")),
    "newest": ("newest", ("-last_source_at", "-id")),
    "oldest": ("oldest", ("last_source_at", "id")),
    "relevance": ("most relevant", ("-relevance", "-last_source_at", "-id")),
}
AGES = {"1": "last day", "3": "last 3 days", "7": "last week", "30": "last month"}
VOICES = {"2": "2 and more", "3": "3 and more", "5": "5 and more"}
HOLDERS = {"me": "mine", "nobody": "nobody’s"}
LIKE = {"yes": "like a known event", "no": "like no known event"}
# Without one of these the queue shows what is about the AI race, and a sample of the rest.
ABOUT = {"all": "on any topic", "dropped": "only what was dropped as off topic"}
PARAMETERS = ("q", "state", "sort", "age", "voices", "held", "like", "about", "after")


@dataclass(frozen=True)
class Waiting:
    """One page of the queue."""

    stories: list[Story]
    next_query: str  # "" on the last page


def chosen(data: Mapping[str, str]) -> dict[str, str]:
    """The queue's own parameters, without empty and unknown ones."""
    allowed = {
        "state": Story.State.values,
        "sort": SORTS,
        "age": AGES,
        "voices": VOICES,
        "held": HOLDERS,
        "like": LIKE,
        "about": ABOUT,
    }
    found = {name: data.get(name, "").strip() for name in PARAMETERS}
    return {
        name: value
        for name, value in found.items()
        if value and (name not in allowed or value in allowed[name])
    }


def waiting(options: Mapping[str, str], *, user: User) -> Waiting:
    columns = SORTS[options.get("sort", "voices")][1]
    stories = _filtered(options, user=user).select_related("assigned_to", "looks_like", "event")
    if options.get("sort") == "relevance":
        stories = stories.filter(relevance__isnull=False)
    if after := _read_cursor(options.get("after", ""), columns):
        stories = stories.filter(_beyond(columns, after))
    found = list(stories.order_by(*columns)[: PAGE + 1])
    more = found[PAGE:]
    page = found[:PAGE]
    next_query = ""
    if more:
        cursor = "~".join(str(_value(page[-1], column)) for column in columns)
        next_query = urlencode({**options, "after": cursor})
    return Waiting(page, next_query)


def _filtered(options: Mapping[str, str], *, user: User) -> QuerySet[Story]:
    now = timezone.now()
    stories = Story.objects.filter(state=options.get("state", Story.State.OPEN))
    if words := options.get("q"):
        stories = stories.annotate(words=SearchVector("title", config="simple")).filter(
            words=SearchQuery(words, config="simple", search_type="websearch")
        )
    if age := options.get("age"):
        stories = stories.filter(last_source_at__gte=now - datetime.timedelta(days=int(age)))
    if voices := options.get("voices"):
        stories = stories.filter(publisher_count__gte=int(voices))
    if like := options.get("like"):
        stories = stories.filter(looks_like__isnull=like == "no")
    stories = _on_topic(stories, options)
    if options.get("held") == "me":
        stories = stories.filter(assigned_to=user, assigned_until__gt=now)
    elif options.get("held") == "nobody":
        stories = stories.filter(Q(assigned_until__isnull=True) | Q(assigned_until__lte=now))
    return stories


def _on_topic(stories: QuerySet[Story], options: Mapping[str, str]) -> QuerySet[Story]:
    """Without what the rule drops; a search, and one's own stories, leave nothing out."""
    about = options.get("about", "")
    waits = options.get("state", Story.State.OPEN) == Story.State.OPEN
    if about == "all" or (
        not about and (not waits or options.get("q") or options.get("held") == "me")
    ):
        return stories
    rule = RelevanceRule.current()
    if about == "dropped":
        return stories.filter(relevance__lt=rule.threshold)
    kept = Q(relevance__isnull=True) | Q(relevance__gte=rule.threshold)
    is_sample = ExpressionWrapper(Q(relevance__lt=rule.threshold), BooleanField())
    stories = stories.annotate(is_sample=is_sample).alias(turn=F("pk") % rule.sample_every)
    return stories.filter(kept | Q(turn=0) | Q(assigned_until__gt=timezone.now()))


def _value(story: Story, column: str) -> Any:
    value = getattr(story, column.lstrip("-"))
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def _read_cursor(text: str, columns: tuple[str, ...]) -> list[Any] | None:
    """The values the last page ended with; None for a first page or a text that is not ours."""
    parts = text.split("~")
    if len(parts) != len(columns):
        return None
    values = [_read_value(part, column) for part, column in zip(parts, columns, strict=True)]
    return None if None in values else values


def _read_value(part: str, column: str) -> Any:
    try:
        if column.endswith("_at"):
            moment = parse_datetime(part)
            return moment if moment and moment.tzinfo else None
        if column.endswith("relevance"):
            return float(part) if math.isfinite(float(part)) else None
    except ValueError:
        return None
    return row_number(part)


def _beyond(columns: tuple[str, ...], values: list[Any]) -> Q:
    """Rows that sort after `values`; the first column is also bounded alone, for the index."""
    first, side = columns[0].lstrip("-"), "lte" if columns[0].startswith("-") else "gte"
    condition, equal = Q(), Q()
    for column, value in zip(columns, values, strict=True):
        name, beyond = column.lstrip("-"), "lt" if column.startswith("-") else "gt"
        condition |= equal & Q(**{f"{name}__{beyond}": value})
        equal &= Q(**{name: value})
    return Q(**{f"{first}__{side}": values[0]}) & condition


def count_waiting() -> list[tuple[str, str]]:
    """What waits, each counted only so far that a person still cares: `1000+`. One query."""
    names = ("stories", "drafts", "suggestions")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM (SELECT 1 FROM events_story"
            " WHERE state = %(story)s LIMIT %(up_to)s) AS s),"
            " (SELECT count(*) FROM (SELECT 1 FROM events_event"
            " WHERE status = %(event)s LIMIT %(up_to)s) AS e),"
            " (SELECT count(*) FROM (SELECT 1 FROM events_suggestion"
            " WHERE state = %(suggestion)s LIMIT %(up_to)s) AS u)",
            {
                "story": Story.State.OPEN,
                "event": Event.Status.DRAFT,
                "suggestion": Suggestion.State.WAITING,
                "up_to": COUNT_UP_TO + 1,
            },
        )
        counts = cursor.fetchone()
    return [
        (name, f"{COUNT_UP_TO}+" if count > COUNT_UP_TO else str(count))
        for name, count in zip(names, counts, strict=True)
    ]
