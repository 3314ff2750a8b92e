"""What is running: /livez for whoever restarts us, /healthz for whoever watches us, /metrics."""

import time
from collections.abc import Callable

import redis
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from config import heartbeat
from config.metrics import metrics

State = dict[str, object]


def database() -> State:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {}


def broker() -> State:
    heartbeat.broker().ping()
    return {}


def worker() -> State:
    ages = [age for name, age in heartbeat.alive().items() if name.startswith("worker:")]
    if not ages:
        raise LookupError("no worker gave a sign of life")
    return {"alive": len(ages), "age": round(min(ages), 1)}


def beat() -> State:
    age = heartbeat.alive().get("beat")
    if age is None:
        raise LookupError("beat gave no sign of life")
    return {"age": round(age, 1)}


def _state(check: Callable[[], State]) -> State:
    started = time.perf_counter()
    try:
        state = check()
    except (Error, redis.RedisError):
        return {"ok": False, "error": "does not answer"}
    except LookupError as error:
        return {"ok": False, "error": str(error)}
    return {"ok": True, "ms": round(1000 * (time.perf_counter() - started), 1), **state}


def healthz(request: HttpRequest) -> HttpResponse:
    """200 when everything that belongs to a living site answers, else 503; always says what."""
    states = {check.__name__: _state(check) for check in (database, broker, worker, beat)}
    healthy = all(state["ok"] for state in states.values())
    body = {"status": "ok" if healthy else "failing", **states}
    return JsonResponse(body, status=200 if healthy else 503, headers={"Cache-Control": "no-store"})


def livez(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all, whatever else is down."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


ANSWERS = {"/healthz": healthz, "/livez": livez, "/metrics": metrics}


class HealthMiddleware:
    """Answers before any other middleware: a probe knows neither our host name nor HTTPS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return ANSWERS.get(request.path, self.get_response)(request)
