"""/metrics: what it tells, and to whom."""

import datetime
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from config import heartbeat
from events.models import Feed, FeedRun

pytestmark = pytest.mark.django_db


def read(client: Client, **headers: str) -> dict[tuple[str, ...], float]:
    """Each sample under its name and the values of its labels, by the names of the labels."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.content
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.fixture
def a_living_worker() -> Iterator[None]:
    heartbeat.broker().delete(heartbeat.KEY)
    heartbeat.Pulse("worker:celery@one").beat()
    yield
    heartbeat.broker().delete(heartbeat.KEY)


@pytest.mark.usefixtures("a_living_worker")
def test_feeds_polls_and_processes_are_told(client: Client) -> None:
    now = timezone.now()
    due = Feed.objects.create(
        url="https://one.example/feed",
        last_polled_at=now,
        failure_count=5,
        last_error="404",
        next_poll_at=now - datetime.timedelta(minutes=10),
    )
    Feed.objects.create(url="https://two.example/feed", next_poll_at=now)
    for new, age in ((3, 1), (4, 2), (100, 90)):
        at = now - datetime.timedelta(minutes=age)
        FeedRun.objects.create(feed=due, started_at=at, finished_at=at, outcome="ok", new=new)
    told = read(client)
    assert told["timeline_feeds", "failing"] == 1
    assert told["timeline_feeds", "waiting"] == 1
    assert told["timeline_feeds_overdue_seconds",] == pytest.approx(600, abs=60)
    assert told["timeline_polls_last_hour", "ok"] == 2
    assert told["timeline_entries_last_hour", "new"] == 7
    assert told["timeline_processes_alive", "worker"] == 1
    assert told["timeline_processes_alive", "beat"] == 0
    assert (told["timeline_up", "database"], told["timeline_up", "broker"]) == (1, 1)


def test_requests_are_counted_under_the_name_of_their_view(client: Client) -> None:
    name = ("timeline_http_seconds_count", "GET", "200", "timeline:about")
    before = read(client).get(name, 0)
    client.get("/about/")
    assert read(client)[name] == before + 1


@pytest.mark.parametrize(
    ("token", "address", "headers", "status"),
    [
        pytest.param("", "127.0.0.1", {}, 200, id="this host, no token set"),
        pytest.param("", "10.0.0.7", {}, 403, id="another host"),
        pytest.param("", "127.0.0.1", {"x-forwarded-for": "9.9.9.9"}, 403, id="through a proxy"),
        pytest.param("s3", "10.0.0.7", {"authorization": "Bearer s3"}, 200, id="the token"),
        pytest.param("s3", "10.0.0.7", {"authorization": "Bearer é"}, 403, id="a wrong token"),
        pytest.param("s3", "127.0.0.1", {}, 403, id="no token where one is asked for"),
    ],
)
def test_only_this_host_or_the_bearer_of_the_token_may_read(
    client: Client,
    settings: object,
    token: str,
    address: str,
    headers: dict[str, str],
    status: int,
) -> None:
    settings.METRICS_TOKEN = token  # type: ignore[attr-defined]
    answer = client.get("/metrics", headers=headers, REMOTE_ADDR=address)
    assert answer.status_code == status


def test_several_processes_add_up_what_they_counted(
    client: Client, settings: object, tmp_path: Path
) -> None:
    count = "from config.metrics import SECONDS; SECONDS.labels('a', 'GET', '200').observe(0.02)"
    setup = "import django; django.setup(); "
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-c", setup + count],
            env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
            check=True,
        )
    settings.PROMETHEUS_MULTIPROC_DIR = str(tmp_path)  # type: ignore[attr-defined]
    assert read(client)["timeline_http_seconds_count", "GET", "200", "a"] == 2
