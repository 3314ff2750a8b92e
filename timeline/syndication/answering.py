"""How files are answered: as any page is, and read by programs of other sites."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from timeline.edition import METHODS, View, allowed, public_page


def public_file(*types: str) -> Callable[[View], View]:
    """Serve a view whose answers have one of `types`: to every origin, 304 by edition, 406 to
    whoever accepts none of them."""

    def decorate(view: View) -> View:
        page = public_page(view)

        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            refusal = _answered_without_looking(request, types)
            response = page(request, *args, **kwargs) if refusal is None else refusal
            patch_vary_headers(response, ("Accept",))
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link"
            return response

        return answer

    return decorate


def is_for_a_person(request: HttpRequest, kind: str) -> bool:
    """Whether a browser asks, to show it: browsers want HTML most, programs want `kind`."""
    return request.get_preferred_type([kind, "text/html"]) == "text/html"


def _answered_without_looking(request: HttpRequest, types: tuple[str, ...]) -> HttpResponse | None:
    if request.method == "OPTIONS":
        response = allowed(request)
        response.headers["Access-Control-Allow-Methods"] = METHODS
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
        response.headers["Access-Control-Max-Age"] = "86400"
        return response
    if not any(request.accepts(kind) for kind in types):
        text = f"This address serves {', '.join(types)}, and your Accept header allows none.\n"
        return HttpResponse(text, status=406, content_type="text/plain; charset=utf-8")
    return None
