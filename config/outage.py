"""A database or broker that does not answer: say which one and what to do, in one sentence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import django.db
import environs
import kombu.exceptions
import redis
from django.conf import settings
from django.core.management.base import CommandError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from config.embedded import LocalServiceError
from config.last_pages import LastPages
from timeline.languages import DEFAULT, TAGS, language_of

RETRY_SECONDS = 10


def explain(error: BaseException) -> str | None:
    """Which service cannot be reached and how to start it; None if `error` says something else."""
    if isinstance(error, django.db.OperationalError | django.db.InterfaceError):
        return _explain_database(error)
    if isinstance(
        error, redis.ConnectionError | redis.TimeoutError | kombu.exceptions.OperationalError
    ):
        at = urlsplit(settings.REDIS_URL)
        return (
            f"The broker (Redis or Valkey) at {at.hostname}:{at.port or 6379} does not answer. "
            "Start it or correct REDIS_URL; without REDIS_URL an embedded Valkey is started."
        )
    return None


def _explain_database(error: Exception) -> str | None:
    state = getattr(error.__cause__, "sqlstate", None)
    # No SQLSTATE: never connected. Class 08: connection lost; 57P0x: the server stops or starts.
    if state and not state.startswith(("08", "57P0")):
        return None
    database = settings.DATABASES["default"]
    at = f"{database['HOST'] or 'its socket'}:{database['PORT'] or 5432}"
    return (
        f"PostgreSQL at {at} does not answer. Start it or correct DATABASE_URL; "
        "without DATABASE_URL an embedded PostgreSQL is started."
    )


@contextmanager
def explained() -> Iterator[None]:
    """End a command with one sentence instead of a traceback when a service is the reason."""
    try:
        yield
    except (LocalServiceError, environs.EnvError, CommandError) as error:
        sys.exit(f"{error}")
    except Exception as error:
        sentence = explain(error)
        if sentence is None:
            raise
        sys.exit(sentence)


class OutageMiddleware:
    """Answers for a view that met an outage: with the page as it was served last, or with a plain
    page that says when to come back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._pages = LastPages()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Warning" not in response.headers:
            self._pages.keep(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if explain(exception) is None:
            return None
        return self._pages.recall(request) or unavailable(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    """In the language of the address; English addresses, in the one that the reader prefers."""
    language = language_of(request.path_info)
    if language == DEFAULT:
        language = translation.get_language_from_request(request)
    with translation.override(language):
        response = render(request, "503.html", {"tag": TAGS[language]}, status=503)
    response.headers["Content-Language"] = TAGS[language]
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response
