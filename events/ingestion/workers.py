"""Reach the workers from processes that are none: a command, the desk. By task name only.

Interfaces do not import each other (see the layers in pyproject.toml), so that a screen asks for
a poll the same way as anything outside would: by a message.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

POLL_FEEDS = "events.tasks.poll_feeds"
INGEST_FEED = "events.tasks.ingest_feed"
APPLY_TOPIC_RULES = "events.tasks.apply_topic_rules"
ANSWER_SECONDS = 2.0


class Unreachable(Exception):
    """The broker does not answer; the message says so."""


@cache
def _producer() -> Celery:
    app = Celery("timeline", broker=settings.CELERY_BROKER_URL, set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    return app


def ask_for_polls() -> None:
    """Have a worker look at once which feeds are due; beat asks the same every 15 seconds."""
    _send(POLL_FEEDS)


def ask_for_poll(feed_id: int) -> None:
    """Have one feed polled now, due or not."""
    _send(INGEST_FEED, feed_id)


def ask_for_topics(days: int, user_id: int) -> None:
    """Have the topic rules run over what was received in the last days."""
    _send(APPLY_TOPIC_RULES, days, user_id)


def _send(task: str, *arguments: Any) -> None:
    send_to(None, task, *arguments)


def send_to(queue: str | None, task: str, *arguments: Any) -> None:
    """Send to a queue that is not the usual one. Raises Unreachable."""
    try:
        _producer().send_task(task, arguments, queue=queue, ignore_result=True, retry=False)
    except (OperationalError, RedisError) as error:
        raise Unreachable("The broker (REDIS_URL) does not answer: no worker hears.") from error


def count_workers() -> int:
    """How many workers answer a call."""
    return len(_producer().control.ping(timeout=ANSWER_SECONDS) or ())
