"""A query string turned into a frozen Filter, and back into its one canonical query string.

What cannot be used is never an error: it is left out and a note says what and why. Operators
typed into the search box (`actor:`, `before:` …) become the facets they name, so that every
state has one address.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from events.models import Actor
from events.models.dates import DateBounds, read_edtf
from timeline import labels
from timeline.search import read_question
from timeline.vocabulary import find_actors, known_words

FACETS = ("category", "actor", "region", "tag", "importance", "claims")
SORTS = ("date", "added", "changed")
LONGEST_TEXT = 200
MOST_VALUES = 20
_SEPARATOR = ","


@dataclass(frozen=True)
class Filter:
    """What a reader asked for. Values of one facet are alternatives; facets narrow each other.

    `since` and `until` keep what was written (`2025-01`); `earliest` and `latest` are the days
    that follow from it, inclusive. An event passes when its own dates may fall between them.
    """

    text: str = ""
    category: tuple[str, ...] = ()
    actor: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    importance: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    earliest: datetime.date | None = None
    latest: datetime.date | None = None
    sort: str = "date"
    # Said to the reader; no part of what the filter is.
    notes: tuple[str, ...] = ()
    # Names of the actors asked for, so that nobody has to look them up again.
    actor_names: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, query: QueryDict) -> Filter:
        """Read a query string. At most two database queries, and none without actors or tags."""
        return _Reading(query).result()

    @property
    def query_string(self) -> str:
        """The canonical query string, without `?`; empty for the whole record."""
        pairs: list[tuple[str, str]] = [("q", self.text)] if self.text else []
        pairs += [
            (name, _SEPARATOR.join(self.values(name))) for name in FACETS if self.values(name)
        ]
        pairs += [("from", self.since)] if self.since else []
        pairs += [("to", self.until)] if self.until else []
        pairs += [("sort", self.sort)] if self.sort != "date" else []
        return urlencode(pairs, safe=",/:")

    @property
    def is_empty(self) -> bool:
        """Nothing narrows the record (its order does not)."""
        return not replace(self, sort="date").query_string

    def values(self, facet: str) -> tuple[str, ...]:
        values: tuple[str, ...] = getattr(self, facet)
        return values

    def only(self, facet: str, value: str) -> Filter:
        return replace(self, **_changed(facet, (value,)))

    def without(self, facet: str, value: str = "") -> Filter:
        """The same filter without one value of `facet`, or without the facet altogether."""
        if facet in FACETS:
            left = tuple(v for v in self.values(facet) if value and v != value)
            return replace(self, **_changed(facet, left))
        return replace(self, **_WITHOUT[facet])

    def sorted_by(self, sort: str) -> Filter:
        return replace(self, sort=sort)

    def name_of_actor(self, slug: str) -> str:
        return dict(self.actor_names).get(slug, slug)


_WITHOUT: dict[str, dict[str, Any]] = {
    "text": {"text": ""},
    "since": {"since": "", "earliest": None},
    "until": {"until": "", "latest": None},
    "sort": {"sort": "date"},
}


def _changed(facet: str, values: tuple[str, ...]) -> dict[str, Any]:
    return {facet: values}


class _Reading:
    """One pass over one query string: values on one side, notes on the other."""

    def __init__(self, query: QueryDict) -> None:
        self.query = query
        self.notes: list[str] = []
        typed = " ".join(query.get("q", "").replace("\x00", "").split())
        if len(typed) > LONGEST_TEXT:
            typed = typed[:LONGEST_TEXT]
            self.notes.append(
                _("The search was longer than %d characters; the rest was left out.") % LONGEST_TEXT
            )
        self.question = read_question(typed)

    def result(self) -> Filter:
        actors = self._actors()
        since, earliest = self._bound("from", "after")
        until, latest = self._bound("to", "before")
        if earliest and latest and earliest > latest:
            self.notes.append(
                _("The dates were left out: %(since)s comes after %(until)s.")
                % {"since": since, "until": until}
            )
            since, until, earliest, latest = "", "", None, None
        tags, regions = self._tags_and_regions()
        return Filter(
            text=self.question.text,
            category=self._known("category", labels.CATEGORIES, _("category")),
            actor=tuple(sorted(actor.slug for actor in actors)),
            region=regions,
            tag=tags,
            importance=self._known("importance", labels.IMPORTANCE, _("importance")),
            claims=self._known("claims", labels.CLAIM_STATUS, _("claim status")),
            since=since,
            until=until,
            earliest=earliest,
            latest=latest,
            sort=self._sort(),
            notes=tuple(self.notes),
            actor_names=tuple((actor.slug, actor.name) for actor in actors),
        )

    def _given(self, name: str) -> list[str]:
        """Values of a parameter and of its operator, each once, as they were written."""
        written = [v for values in self.query.getlist(name) for v in values.split(_SEPARATOR)]
        written += self.question.operators.get(name, [])
        given = list(
            dict.fromkeys(v.strip().replace("\x00", "")[:200] for v in written if v.strip())
        )
        if len(given) > MOST_VALUES:
            self.notes.append(
                _("Only the first %(count)d values of “%(name)s” were used.")
                % {"count": MOST_VALUES, "name": name}
            )
        return given[:MOST_VALUES]

    def _ignored(self, values: Iterable[str], what: str) -> None:
        for value in values:
            self.notes.append(
                _("“%(value)s” was ignored: there is no such %(what)s.")
                % {"value": value[:60], "what": what}
            )

    def _known(self, name: str, words: labels.Words, what: str) -> tuple[str, ...]:
        by_word = {str(text).casefold(): code for code, text in words.items()}
        by_word |= {code.casefold(): code for code in words}
        given = self._given(name)
        self._ignored([v for v in given if v.casefold() not in by_word], what)
        return tuple(sorted({by_word[v.casefold()] for v in given if v.casefold() in by_word}))

    def _actors(self) -> list[Actor]:
        given = self._given("actor")
        if not given:
            return []
        found = find_actors(given)
        self._ignored([value for value in given if value not in found], _("actor"))
        return list({actor.pk: actor for actor in found.values()}.values())

    def _tags_and_regions(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        tags, regions = self._given("tag"), self._given("region")
        if not tags and not regions:
            return (), ()
        by_name = {str(name).casefold(): code for code, name in labels.REGIONS.items()}
        codes = {v: by_name.get(v.casefold(), v.upper()) for v in regions}
        slugs = {v: "-".join(v.casefold().split()) for v in tags}
        known_tags, known_regions = known_words(slugs.values(), codes.values())
        self._ignored([v for v, slug in slugs.items() if slug not in known_tags], _("topic"))
        self._ignored([v for v, code in codes.items() if code not in known_regions], _("region"))
        return tuple(sorted(known_tags)), tuple(sorted(known_regions))

    def _bound(self, parameter: str, operator: str) -> tuple[str, datetime.date | None]:
        """`from`/`after:` begin with the date, `to` ends with it, `before:` ends the day before."""
        operated = self.question.operators.get(operator, [])
        written = (operated or [self.query.get(parameter, "")])[-1].strip()
        if not written:
            return "", None
        bounds = self._date(written)
        if bounds is None:
            return "", None
        if parameter == "from":
            return (written, bounds.earliest) if bounds.earliest else ("", None)
        if operated and bounds.earliest:
            day = bounds.earliest - datetime.timedelta(days=1)
            return day.isoformat(), day
        return (written, bounds.latest) if bounds.latest else ("", None)

    def _date(self, written: str) -> DateBounds | None:
        try:
            return read_edtf(written)
        except ValidationError:
            self.notes.append(
                _("“%s” was ignored: it is not a date. Write 2025, 2025-01 or 2025-01-20.")
                % written[:40]
            )
            return None

    def _sort(self) -> str:
        sort = self.query.get("sort", "").strip() or "date"
        if sort not in SORTS:
            self._ignored([sort], _("order"))
            return "date"
        return sort
