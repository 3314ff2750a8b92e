"""`manage.py replay` against a real worker process."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from config.local import BASE_DIR
from events.ingestion import workers
from events.ingestion.grants import granted
from events.management.commands.replay import EXCERPT
from events.models import Entry, Feed, FeedRun, Publisher, Source, Story

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DAY_LINE = re.compile(
    r"(\S+) +(\d+) polled +(\d+) unchanged +(\d+) new entries +(\d+) known +(\d+) updated"
    r" +(\d+) new sources +(\d+) new stories"
)


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """A Celery worker on the database and the broker of the tests."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    name = str(connection.settings_dict["NAME"])
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}")),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    options = ["--concurrency=1", "--without-gossip", "--without-mingle", "--hostname=replay@test"]
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "--quiet", "--app", "config", "worker", *options],
        cwd=BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not workers.count_workers():  # each call waits for answers for two seconds
            assert process.poll() is None, "the worker did not start"
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The first two days of the excerpt."""
    for day in sorted(EXCERPT.glob("20*"))[:2]:
        shutil.copytree(day, tmp_path / day.name)
    return tmp_path


def replay(folder: Path) -> tuple[list[tuple[int, ...]], str]:
    """The figures of each day, and everything that was said. Each time on another port."""
    out = StringIO()
    call_command("replay", folder, port=0, patience=60, stdout=out)
    days = [tuple(map(int, found[1:])) for found in DAY_LINE.findall(out.getvalue())]
    return days, out.getvalue()


def test_replay_shows_the_pipeline_and_the_same_replay_again_creates_nothing_twice(
    worker: None, folder: Path
) -> None:
    wired = Publisher.objects.create(name="Wired", slug="wired", hosts=["wired.com"])
    first, said = replay(folder)
    new_entries = sum(day[2] for day in first)
    assert [day[0] for day in first] == [4, 8]
    assert new_entries == Entry.objects.count() == 46
    assert sum(day[5] for day in first) == Source.objects.count() == 46
    assert sum(day[6] for day in first) == Story.objects.count() > 0
    assert not Source.objects.filter(membership__isnull=True).exists()
    assert f"Done: {Story.objects.count()} stories wait for a moderator at " in said

    stories = sorted(Story.objects.values_list("pk", "source_count"))
    feeds = sorted(Feed.objects.values_list("pk", flat=True))
    second, _ = replay(folder)
    # Four feeds are as they were at the end of the first replay, and say so.
    assert [day[:4] for day in second] == [(4, 0, 0, 21), (8, 4, 0, 32)]
    assert [day[5:] for day in second] == [(0, 0), (0, 0)]
    assert (Entry.objects.count(), Source.objects.count()) == (46, 46)
    assert sorted(Story.objects.values_list("pk", "source_count")) == stories
    assert sorted(Feed.objects.values_list("pk", flat=True)) == feeds

    assert not Feed.objects.filter(is_enabled=True).exists()
    assert not FeedRun.objects.filter(outcome="failed").exists()
    assert granted() == set()
    assert Source.objects.filter(canonical_url__contains="//wired.com/").exists()
    for source in Source.objects.filter(canonical_url__contains="//wired.com/"):
        assert source.publisher == wired
    unknown = Publisher.objects.get(name="scmp.com")
    assert (unknown.is_rated, unknown.hosts) == (False, ["scmp.com"])


def test_without_a_worker_one_sentence_says_what_to_start(folder: Path) -> None:
    with pytest.raises(CommandError, match=r"No worker is running.*make run"):
        call_command("replay", folder, port=0)
    assert granted() == set()


def test_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="holds no YYYY-MM-DD"):
        call_command("replay", tmp_path)


def test_service_whose_settings_forbid_it_replays_nothing(folder: Path, settings: Settings) -> None:
    settings.FETCH_GRANTS = False
    with pytest.raises(CommandError, match="FETCH_GRANTS"):
        call_command("replay", folder, port=0)
    assert not Feed.objects.exists()
