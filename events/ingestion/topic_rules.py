"""The topic rules of the database at work: on what comes in, and again on what is stored.

`topics` decides; here rules are loaded, and stored entries change their state. An entry is never
removed: a dropped one keeps its row and its source, and one that is accepted again gets its
source then.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from events.ingestion.placing import place_sources
from events.ingestion.store import Judge
from events.ingestion.store_sources import AS_RECEIVED, Sources
from events.ingestion.topics import Rule, Verdict, judge
from events.ingestion.types import EntryDraft
from events.models import Entry, TopicRule

STATES: dict[Verdict, Entry.State] = {
    "accept": Entry.State.ACCEPTED,
    "low": Entry.State.LOW,
    "drop": Entry.State.DROPPED,
}
CHUNK = 500
SAMPLES = 5
REASON_LENGTH = 300


@dataclass
class Rehearsal:
    """What the rules say of stored entries, and what would change."""

    judged: int = 0
    by_verdict: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[TopicRule | None] = field(default_factory=Counter)
    # (state now, state then) with the titles of a few entries and the reason they would have
    changes: Counter[tuple[str, str]] = field(default_factory=Counter)
    samples: dict[tuple[str, str], list[tuple[str, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def load_rules() -> list[TopicRule]:
    """Enabled rules in the order in which they count."""
    return list(TopicRule.objects.filter(is_enabled=True).prefetch_related("actors"))


def prepare(rule: TopicRule) -> Rule:
    return Rule(
        key=rule.pk,
        verdict=rule.verdict,  # type: ignore[arg-type]  # one of its choices
        reason=rule.reason,
        words=tuple(rule.words),
        phrases=tuple(rule.phrases),
        names=tuple(
            name for actor in rule.actors.all() for name in (actor.name, *actor.aliases) if name
        ),
        excluded=tuple(rule.excluded),
        is_open=not rule.words and not rule.phrases and not rule.actors.all(),
    )


class Judges:
    """What the rules of a feed, then the global ones, say of a draft.

    They are loaded once, when the first draft asks: most polls bring none.
    """

    def __init__(self) -> None:
        self._everywhere: list[Rule] | None = None
        self._own: dict[int, list[Rule]] = {}

    def of(self, feed_id: int) -> Judge:
        def decide(draft: EntryDraft) -> tuple[Entry.State, str]:
            found = judge(draft.title, draft.summary, self._rules(feed_id))
            return STATES[found.verdict], found.reason

        return decide

    def _rules(self, feed_id: int) -> list[Rule]:
        if self._everywhere is None:
            self._everywhere, self._own = prepared(load_rules())
        own = self._own.get(feed_id)
        return [*own, *self._everywhere] if own else self._everywhere


def judge_for(feed_id: int) -> Judge:
    return Judges().of(feed_id)


def prepared(rules: Iterable[TopicRule]) -> tuple[list[Rule], dict[int, list[Rule]]]:
    """The rules for all feeds, and those of each feed that has its own."""
    everywhere, own = [], defaultdict(list)
    for rule in rules:
        if rule.feed_id is None:
            everywhere.append(prepare(rule))
        else:
            own[rule.feed_id].append(prepare(rule))
    return everywhere, dict(own)


def stored_entries(since: datetime.datetime) -> QuerySet[Entry]:
    """What rules may decide about: all but entries without a usable address."""
    return Entry.objects.filter(first_seen_at__gte=since).exclude(state=Entry.State.REJECTED)


def rehearse(since: datetime.datetime) -> Rehearsal:
    """Judge what was received since then; change nothing."""
    rehearsal = Rehearsal()
    rules = {rule.pk: rule for rule in load_rules()}
    judged = _judge_all(list(rules.values()), stored_entries(since))
    for entry, state, reason, rule in judged:
        rehearsal.judged += 1
        rehearsal.by_verdict[state] += 1
        rehearsal.by_rule[rules[rule] if rule else None] += 1
        if entry.state != state:
            change = (entry.state, state)
            rehearsal.changes[change] += 1
            if len(rehearsal.samples[change]) < SAMPLES:
                rehearsal.samples[change].append((entry.title, reason or "no rule fits"))
    return rehearsal


def apply(
    since: datetime.datetime, *, progress: Callable[[int], None] = lambda done: None
) -> list[int]:
    """Judge what was received since then anew and store it. Returns the sources concerned.

    Running it twice changes nothing the second time.
    """
    concerned: set[int] = set()
    judged = _judge_all(load_rules(), stored_entries(since))
    done = 0
    for chunk in _chunks(judged):
        changed = [
            (entry, state, reason)
            for entry, state, reason, _ in chunk
            if (entry.state, entry.reason) != (state, reason)
        ]
        with transaction.atomic():
            _give_sources(changed)
            for entry, state, reason in changed:
                entry.state, entry.reason = state, reason
            Entry.objects.bulk_update(
                [entry for entry, _, _ in changed], ["state", "reason", "source"]
            )
        concerned |= {entry.source_id for entry, _, _ in changed if entry.source_id}
        done += len(chunk)
        progress(done)
    place_sources(sorted(_wanted(concerned)))
    return sorted(concerned)


def _wanted(source_ids: Iterable[int]) -> set[int]:
    """Those of the sources that an accepted entry stands for."""
    accepted = Entry.objects.filter(
        source__in=list(source_ids), state__in=(Entry.State.ACCEPTED, Entry.State.LOW)
    )
    return {pk for pk in accepted.values_list("source_id", flat=True) if pk}


Judged = tuple[Entry, Entry.State, str, int | None]


def _judge_all(rules: Sequence[TopicRule], entries: QuerySet[Entry]) -> Iterator[Judged]:
    """Each entry with what the rules of its feed say."""
    everywhere, own = prepared(rules)
    for entry in entries.order_by("pk").iterator(chunk_size=CHUNK):
        found = judge(entry.title, entry.summary, [*own.get(entry.feed_id, ()), *everywhere])
        yield entry, STATES[found.verdict], found.reason[:REASON_LENGTH], found.rule


def _chunks(judged: Iterator[Judged]) -> Iterator[list[Judged]]:
    while chunk := list(islice(judged, CHUNK)):
        yield chunk


def _give_sources(changed: Iterable[tuple[Entry, Entry.State, str]]) -> None:
    """Entries that were dropped when they came have no source yet."""
    entries = [
        entry
        for entry, state, _ in changed
        if state != Entry.State.DROPPED and entry.source_id is None
    ]
    if not entries:
        return
    rows = [
        {name: getattr(entry, name) for name in AS_RECEIVED}
        | {"title": entry.title, "feed_publisher_id": entry.feed.publisher_id}
        for entry in entries
    ]
    with connection.cursor() as cursor:
        sources = Sources(cursor, timezone.now())
        sources.find_or_insert(rows)
        for entry, row in zip(entries, rows, strict=True):
            entry.source_id, entry.matched_by = sources.of(row)
