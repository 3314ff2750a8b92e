"""Several workers placing at once, and one that is killed: on a real PostgreSQL, for real."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, transaction

from config import local
from events.ingestion.placing import place_sources
from events.models import Fingerprint, Source, Story, StoryMembership
from tests.ingestion.test_placing import NVIDIA_A, NVIDIA_B, make_source

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = """
import sys, django
django.setup()
from events.ingestion.placing import place_sources
place_sources([int(pk) for pk in sys.argv[1:]])
"""
WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO "events_story" %'
"""


def at_once(*calls: Callable[[], None]) -> None:
    def run(call: Callable[[], None]) -> None:
        try:
            call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as workers:
        list(workers.map(run, calls))


def one_happening(size: int) -> list[int]:
    titles = (NVIDIA_A, NVIDIA_B)
    made = [make_source(titles[n % 2], publisher=f"Paper{n}", hours=n) for n in range(size)]
    return [source.pk for source in made]


def test_workers_that_bring_one_happening_at_once_make_one_story() -> None:
    ids = one_happening(4)
    at_once(*[lambda pk=pk: place_sources([pk]) for pk in ids])
    [story] = Story.objects.all()
    assert (story.source_count, StoryMembership.objects.count()) == (4, 4)


def test_workers_that_are_given_the_same_sources_place_each_once() -> None:
    ids = [*one_happening(3), make_source("EU court fines airline over refunds").pk]
    at_once(*[lambda: place_sources(ids)] * 3)
    assert sorted(StoryMembership.objects.values_list("source_id", flat=True)) == ids
    assert sorted(Story.objects.values_list("source_count", flat=True)) == [1, 3]


def test_what_a_killed_worker_was_writing_is_placed_by_the_next() -> None:
    ids = one_happening(2)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE events_story IN SHARE MODE")  # reading stays possible
        worker = start_worker(ids)
        try:
            while not waits_to_write_stories():
                assert worker.poll() is None, "the worker ended by itself"
        finally:
            worker.kill()
            worker.wait()
    assert not Fingerprint.objects.exists()
    assert list(Source.objects.filter(membership__isnull=True).values_list("pk", flat=True)) != []
    place_sources(ids)
    [story] = Story.objects.all()
    assert story.source_count == 2


def start_worker(ids: list[int]) -> subprocess.Popen[bytes]:
    database = str(connection.settings_dict["NAME"])
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", WORKER, *map(str, ids)]
    return subprocess.Popen(command, cwd=local.BASE_DIR, env=environment)


def waits_to_write_stories() -> bool:
    """Asked on a connection of its own: within a transaction the answer would never change."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(_waits).result()


def _waits() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            return bool(cursor.fetchone()[0])
    finally:
        connection.close()
