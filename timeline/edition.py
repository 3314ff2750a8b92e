"""The edition as the key of HTTP caching: an answer is as fresh as the record, and a 304 costs
one query and no rendering.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.decorators import decorator_from_middleware
from django.utils.http import http_date

from events.models import Edition

METHODS = "GET, HEAD, OPTIONS"
View = Callable[..., HttpResponseBase]
# What a partial and a page of one address differ by (DESIGN.md §4.5).
VARIES_BY = ("HX-Request", "HX-History-Restore-Request")
# Pages are public and hold no secret next to what a reader sends, so BREACH finds nothing.
compressed = decorator_from_middleware(GZipMiddleware)


def edition_of(request: HttpRequest) -> Edition:
    """The edition that `public_page` answers with."""
    edition: Edition = request.edition  # type: ignore[attr-defined]
    return edition


def current_edition() -> Edition:
    return Edition.objects.get_or_create(pk=1)[0]


@cache
def release() -> str:
    """What renders the pages: changes with code, templates, styles and catalogues."""
    digest = hashlib.sha256()
    for folder in ("timeline", "templates", "locale"):
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix in (".py", ".html", ".css", ".js", ".mo", ".svg"):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def etag_of(request: HttpRequest, edition: Edition, today: datetime.date) -> str:
    """Weak, because compression changes the bytes. Holds for one address, language and kind."""
    kind = "/".join(request.headers.get(name, "") for name in VARIES_BY)
    language = translation.get_language() or ""
    identity = "\n".join(
        (
            release(),
            str(edition.number),
            today.isoformat(),
            language,
            kind,
            request.build_absolute_uri(),
        )
    )
    return f'W/"{edition.number}-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"'


def allowed(request: HttpRequest) -> HttpResponse:
    """The answer to OPTIONS, and to methods that only a reader of the manual would try."""
    status = 204 if request.method == "OPTIONS" else 405
    return HttpResponse(status=status, headers={"Allow": METHODS})


def read_only(view: View) -> View:
    """For what has no edition: GET and HEAD only."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        is_read = request.method in ("GET", "HEAD")
        return view(request, *args, **kwargs) if is_read else allowed(request)

    return answer


def public_page(view: View) -> View:
    """Answer GET with caching headers of the edition, 304 when nothing changed, compressed.

    The view finds the edition in `request.edition`.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return allowed(request)
        edition = current_edition()
        now = timezone.now()
        etag = etag_of(request, edition, now.date())
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        modified = int(max(edition.changed_at, midnight).timestamp())
        request.edition = edition  # type: ignore[attr-defined]
        response: HttpResponseBase = get_conditional_response(
            request, etag=etag, last_modified=modified
        ) or view(request, *args, **kwargs)
        if response.status_code in (200, 304):
            response.headers.setdefault("ETag", etag)
            # While the second lasts, another change may come that no time would tell from this
            # one; libcurl would drop it, ETag or not (seen with newsboat).
            # Django's sitemaps bring a time of their own.
            response.headers.pop("Last-Modified", None)
            if now.timestamp() >= modified + 1:
                response.headers["Last-Modified"] = http_date(modified)
            patch_cache_control(response, public=True, no_cache=True)
        # Compression adds its own name, but neither to 304 nor to what is too short for it.
        patch_vary_headers(response, (*VARIES_BY, "Accept-Encoding"))
        return response

    return compressed(answer)
