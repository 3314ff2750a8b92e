"""Addresses of the API: ninja's, each answered as any public file is, and counted."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, re_path
from ninja.errors import ValidationError

from timeline.api.limits import LIMIT_HEADERS, count_request
from timeline.api.operations import api
from timeline.api.problems import Problem, problem_response
from timeline.edition import METHODS
from timeline.syndication.answering import public_file

JSON = "application/json"
EXPOSE = "Access-Control-Expose-Headers"


@api.exception_handler(Problem)
def _on_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem_response(problem)


@api.exception_handler(ValidationError)
def _on_bad_parameter(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"parameter": _parameter(problem["loc"]), "message": problem["msg"]}
        for problem in error.errors
    ]
    if any(problem["loc"][0] == "path" for problem in error.errors):
        return problem_response(Problem(404, "There is nothing at this address.", errors))
    named = ", ".join(sorted({each["parameter"] for each in errors}))
    return problem_response(Problem(400, f"Cannot be used: {named}.", errors))


def _parameter(loc: tuple[str | int, ...]) -> str:
    """`("query", "query", "category", 0)` → `category`: where and in which model is no news."""
    return next(str(part) for part in loc if part not in ("query", "path"))


def _nothing(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return problem_response(Problem(404, "There is nothing at this address."))


def _counted(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    served = public_file(JSON, "application/problem+json")(view)

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        may_pass, headers = count_request(request)
        if not may_pass:
            exposed = {"Access-Control-Allow-Origin": "*", EXPOSE: ", ".join(headers)}
            detail = "Too many requests in this minute."
            return problem_response(Problem(429, detail), {**headers, **exposed})
        method = request.method
        if method == "HEAD":
            request.method = "GET"  # ninja knows no other
        response = _as_problem(served(request, *args, **kwargs))
        request.method = method
        names = (response.headers[EXPOSE], "Retry-After", *LIMIT_HEADERS)
        response.headers[EXPOSE] = ", ".join(names)
        for name, value in headers.items():
            response.headers[name] = value
        return response

    return answer


def _as_problem(response: HttpResponseBase) -> HttpResponseBase:
    """Refusals of every public file, in the words of the API; readable from every origin too."""
    if response.status_code not in (405, 406):
        return response
    detail = f"This address answers {METHODS} with {JSON}."
    kept = ("Allow", "Vary", "Access-Control-Allow-Origin", EXPOSE)
    headers = {name: response.headers[name] for name in kept if name in response.headers}
    return problem_response(Problem(response.status_code, detail), headers)


def _patterns() -> list[URLPattern]:
    patterns, _, _ = api.urls
    return [
        URLPattern(each.pattern, _counted(each.callback), each.default_args, each.name)
        for each in patterns
        if isinstance(each, URLPattern) and each.name != "api-root"
    ] + [path("", _counted(_nothing), name="api-root"), re_path(r"", _counted(_nothing))]


app_name = "api"
urlpatterns = _patterns()
