"""/healthz and the signs of life it reads."""

import time
from collections.abc import Iterator

import pytest
from django.test import Client

from config import heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_signs_of_life() -> Iterator[None]:
    heartbeat.broker().delete(heartbeat.KEY)
    yield
    heartbeat.broker().delete(heartbeat.KEY)


def seen(name: str, seconds_ago: float = 0) -> None:
    heartbeat.broker().hset(heartbeat.KEY, name, str(time.time() - seconds_ago))


def test_a_site_with_a_worker_and_beat_is_healthy(client: Client) -> None:
    seen("beat")
    seen("worker:celery@one")
    seen("worker:celery@two")
    answer = client.get("/healthz")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], body["worker"]["alive"]) == ("ok", 2)
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("alive", "failing"),
    [
        pytest.param({"beat": 0}, "worker", id="no worker ever"),
        pytest.param({"beat": 0, "worker:celery@one": 60}, "worker", id="a worker that was killed"),
        pytest.param({"worker:celery@one": 0}, "beat", id="no beat ever"),
        pytest.param({"worker:celery@one": 0, "beat": 60}, "beat", id="a beat that was killed"),
    ],
)
def test_a_part_without_a_recent_sign_of_life_fails(
    client: Client, alive: dict[str, int], failing: str
) -> None:
    for name, seconds_ago in alive.items():
        seen(name, seconds_ago)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    states = {name: part["ok"] for name, part in answer.json().items() if name != "status"}
    assert states == {
        "database": True,
        "broker": True,
        "worker": failing != "worker",
        "beat": failing != "beat",
    }


def test_a_pulse_is_read_as_alive_until_it_stops() -> None:
    pulse = heartbeat.Pulse("beat")
    pulse.beat()
    assert heartbeat.alive().keys() == {"beat"}
    pulse.stop()
    assert heartbeat.alive() == {}


def test_a_host_long_gone_is_forgotten() -> None:
    seen("worker:celery@gone", 100 * heartbeat.STALE_SECONDS + 1)
    assert heartbeat.alive() == {}
    assert heartbeat.broker().hlen(heartbeat.KEY) == 0


def test_a_probe_needs_neither_our_host_name_nor_https(client: Client, settings: object) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["example.org"], True  # type: ignore[attr-defined]
    assert client.get("/livez", headers={"host": "10.0.0.7"}).status_code == 200
