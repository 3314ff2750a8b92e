"""Ask a database that holds the initial record which event each story looks like.

Run by `make bench-drafting-record`. Candidates come from the full-text search, as in production.
Each story is made of an event's own sources, of which the record knows nothing while it is asked:
of the event it keeps title, summary, tags and actors, or nothing at all (`if_absent`). Weights
and thresholds have not seen the event. Every question is rolled back.
"""

from __future__ import annotations

import os
import shutil
import statistics
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count
from django.test.utils import get_runner

from config import local
from tests.benchmarks.stories.drafting_lessons import WAYS, lessons_of
from tests.benchmarks.stories.drafting_record import FOLDS, read_record
from tests.benchmarks.stories.run import report
from tests.benchmarks.stories.train_drafting_likeness import judge

if TYPE_CHECKING:
    from events.drafting.choosing import Likeness
    from events.drafting.knowledge import Knowledge
    from events.drafting.rarity import Rarity
    from events.models import Event, Source

STATE = local.BASE_DIR / ".local" / "bench-drafting"
# What the search holds of an event that has no sources yet.
FORGET_SOURCES = """
DELETE FROM events_citation WHERE event_id = %(event)s;
SELECT record_index(ARRAY[%(event)s]::bigint[]);
"""
FORGET_EVENT = "UPDATE events_event SET status_reason = %(reason)s WHERE id = %(event)s"


@dataclass(frozen=True)
class Answer:
    is_candidate: bool
    named: int | None  # with the event in the record
    named_if_absent: int | None
    seconds: float
    event: int


def main() -> None:
    from events.drafting.knowledge import Knowledge  # noqa: PLC0415 - after django.setup()
    from events.models import Event, Source  # noqa: PLC0415

    call_command("import_record", verbosity=0)
    likeness = _not_having_seen()
    knowledge = Knowledge.current()
    citing = Source.objects.annotate(citing=Count("citations__event", distinct=True))
    own = list(citing.filter(citing=1).values_list("pk", flat=True))
    answers = []
    for event in Event.objects.published().order_by("pk"):
        mine = Source.objects.filter(pk__in=own, citations__event=event).distinct()
        if sources := list(mine.select_related("publisher")):
            answers.append(ask(event, sources, knowledge, likeness[event.title]))
    _report(answers)


def _not_having_seen() -> dict[str, Likeness]:
    record = read_record()
    fold = np.random.default_rng(0).permutation(len(record.events)) % FOLDS
    lessons = [lesson for way in WAYS for lesson in lessons_of(record, way)]
    models = judge(lessons, np.array([fold[lesson.number] for lesson in lessons])).models
    return {event.title: models[fold[event.key]] for event in record.events}


def ask(event: Event, sources: list[Source], knowledge: Knowledge, likeness: Likeness) -> Answer:
    from events.drafting.knowledge import event_texts, likely_events, source_text  # noqa: PLC0415
    from events.drafting.propose import events_like  # noqa: PLC0415
    from events.models.event import CREATION_UNDONE  # noqa: PLC0415

    texts, (whole,) = [source_text(source) for source in sources], event_texts([event])
    rarity = knowledge.learned.rarity

    def named(known: Rarity) -> int | None:
        learned = replace(knowledge.learned, rarity=known)
        like = events_like(texts, replace(knowledge, learned=learned), likeness)
        return like[0].event_id if like and like[0].is_same else None

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORGET_SOURCES, {"event": event.pk})
        bare = rarity.replaced(whole, replace(whole, sources=()))
        candidates = likely_events(texts, bare)
        began = time.perf_counter()
        here = named(bare)
        seconds = time.perf_counter() - began
        cursor.execute(FORGET_EVENT, {"event": event.pk, "reason": CREATION_UNDONE})
        gone = named(rarity.replaced(whole, None))
        transaction.set_rollback(True)
    return Answer(event in candidates, here, gone, seconds, event.pk)


def _report(answers: list[Answer]) -> None:
    def share(name: str, of: list[bool]) -> None:
        report(f"drafting.in_database.{name}", sum(of) / len(of))

    share("candidate", [answer.is_candidate for answer in answers])
    share("found", [answer.named == answer.event for answer in answers])
    share("wrong_first", [answer.named not in (None, answer.event) for answer in answers])
    share("if_absent", [answer.named_if_absent is not None for answer in answers])
    median = statistics.median(answer.seconds for answer in answers)
    report("drafting.in_database.ms", median * 1000, unit="ms")


def run() -> None:
    import django  # noqa: PLC0415 - settings need the services
    from django.conf import settings  # noqa: PLC0415

    django.setup()
    runner = get_runner(settings)(verbosity=0)
    databases = runner.setup_databases()
    try:
        main()
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["ENV_FILE"] = os.devnull
    os.environ.setdefault("LOCAL_STATE", str(STATE))
    Path(os.environ["LOCAL_STATE"]).mkdir(parents=True, exist_ok=True)
    try:
        with local.environment():
            run()
    finally:
        shutil.rmtree(STATE, ignore_errors=True)
