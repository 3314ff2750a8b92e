"""/metrics in Prometheus' text format: how readers are served, and whether the work gets done.

What stands in the database or the broker is read when asked for, so that any web process gives
the same answer. What only the processes know, how long pages took, is added up over all of one
host through the files of PROMETHEUS_MULTIPROC_DIR.
"""

import datetime
import hmac
import time
from collections.abc import Callable, Iterator, Mapping

import redis
from django.conf import settings
from django.db import Error
from django.db.models import Count, Min, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from config import heartbeat
from events.admin import feeds
from events.models import Edition, Event, Feed, FeedRun, Story, Suggestion

SECONDS = Histogram(
    "timeline_http_seconds",
    "Time to answer a request",
    ("view", "method", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
LATELY = datetime.timedelta(hours=1)


class MetricsMiddleware:
    """Times every request under the name of its view; addresses would be too many."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = match.view_name if match else "none"
        method = request.method if request.method in {"GET", "HEAD", "POST", "OPTIONS"} else "other"
        SECONDS.labels(view, method, str(response.status_code)).observe(
            time.perf_counter() - started
        )
        return response


def gauge(name: str, text: str, values: Mapping[str, float], label: str = "") -> Metric:
    """One gauge of ours; `values` by the value of `label`, or under "" when there is none."""
    family = GaugeMetricFamily(f"timeline_{name}", text, labels=[label] if label else None)
    for key, value in values.items():
        family.add_metric([key] if label else [], value)
    return family


def of_the_broker() -> Iterator[Metric]:
    broker = heartbeat.broker()
    yield gauge("queue_tasks", "Tasks that wait for a worker", {"": broker.llen("celery")})
    alive = heartbeat.alive()
    workers = sum(1 for name in alive if name.startswith("worker:"))
    yield gauge(
        "processes_alive", "Signs of life", {"worker": workers, "beat": "beat" in alive}, "kind"
    )


def of_the_feeds() -> Iterator[Metric]:
    now = timezone.now()
    yield gauge(
        "feeds",
        "Feeds by health",
        {
            str(state): Feed.objects.filter(feeds.having(state, now)).count()
            for state in feeds.NAMES
        },
        "state",
    )
    due = Feed.objects.due(now).aggregate(oldest=Min("next_poll_at"))["oldest"]
    overdue = (now - due).total_seconds() if due else 0
    yield gauge(
        "feeds_overdue_seconds", "How long the feed that waits longest is due", {"": overdue}
    )
    runs = FeedRun.objects.filter(started_at__gte=now - LATELY)
    outcomes = dict.fromkeys(FeedRun.Outcome.values, 0) | dict(
        runs.values_list("outcome").annotate(Count("id")).order_by()
    )
    yield gauge("polls_last_hour", "Polls of the last hour", outcomes, "outcome")
    kinds = ("new", "updated", "known", "rejected")
    found = runs.aggregate(**{f"{kind}_sum": Sum(kind, default=0) for kind in kinds})
    yield gauge(
        "entries_last_hour",
        "Entries of the polls of the last hour",
        {kind: found[f"{kind}_sum"] for kind in kinds},
        "kind",
    )


def of_the_record() -> Iterator[Metric]:
    events = dict.fromkeys(Event.Status.values, 0) | dict(
        Event.objects.values_list("status").annotate(Count("id")).order_by()
    )
    yield gauge("events", "Events by status", events, "status")
    edition = Edition.objects.get(pk=1)
    yield gauge("edition", "The edition of the record", {"": edition.number})
    yield gauge(
        "edition_changed_timestamp_seconds", "When it changed", {"": edition.changed_at.timestamp()}
    )
    stories = Story.objects.filter(state=Story.State.OPEN).count()
    suggestions = Suggestion.objects.filter(state=Suggestion.State.WAITING).count()
    yield gauge(
        "waiting",
        "What waits for a moderator",
        {"stories": stories, "suggestions": suggestions},
        "kind",
    )


class Parts(Collector):
    """Asks broker and database. Who is away is shown as away; the rest is still told."""

    def collect(self) -> Iterator[Metric]:
        up: dict[str, float] = {}
        for part, asking in (
            ("broker", of_the_broker),
            ("database", lambda: [*of_the_feeds(), *of_the_record()]),
        ):
            try:
                yield from list(asking())
                up[part] = 1
            except (Error, redis.RedisError):
                up[part] = 0
        yield gauge("up", "Whether a part answers", up, "part")


def may_read(request: HttpRequest) -> bool:
    """Whoever has the token; without one in the settings, this host, not through a proxy."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    is_near = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
    return is_near and "X-Forwarded-For" not in request.headers


def metrics(request: HttpRequest) -> HttpResponse:
    """All of it, or 403 with the sentence that says what is missing."""
    if not may_read(request):
        return HttpResponse(
            "Metrics are for this host, or for the bearer of METRICS_TOKEN.\n",
            status=403,
            content_type="text/plain",
        )
    registry = CollectorRegistry()
    registry.register(Parts())
    if settings.PROMETHEUS_MULTIPROC_DIR:
        MultiProcessCollector(registry, settings.PROMETHEUS_MULTIPROC_DIR)  # type: ignore[no-untyped-call]
    else:
        registry.register(SECONDS)
    return HttpResponse(
        generate_latest(registry),
        content_type=CONTENT_TYPE_LATEST,
        headers={"Cache-Control": "no-store"},
    )
