"""A form that could not be taken is kept until its author has signed in, and is then shown again.

That is so when the session had ended, when a second factor is owed, and when signing in anew in
another tab has made the form's own token old.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import REASON_CSRF_TOKEN_MISSING
from django.shortcuts import render
from django.urls import reverse
from django.views.csrf import csrf_failure
from django.views.decorators.http import require_GET

from events.admin import two_factor
from events.admin.site import desk_policy, may
from events.models import May

SALT = "events.admin.keeping"
MAX_AGE = 24 * 60 * 60
LEFT_OUT = ("csrfmiddlewaretoken", "kept")
# What Django says of a token that was right for an earlier session. A form from elsewhere is
# refused for its origin before its token is looked at.
STALE = ("CSRF token from POST incorrect.", REASON_CSRF_TOKEN_MISSING)


def keep(request: HttpRequest) -> str:
    """The form that was sent, sealed, to travel through the sign-in page."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in LEFT_OUT
        for value in values
    ]
    return signing.dumps(
        {"path": request.get_full_path(), "fields": fields}, salt=SALT, compress=True
    )


def hold(request: HttpRequest, kept: str) -> HttpResponse:
    """Put the form into the session of its author, and go where it is shown."""
    request.session["kept"] = kept
    if two_factor.missing(request):
        return HttpResponseRedirect(two_factor.address(request, then=reverse("admin:kept")))
    return HttpResponseRedirect(reverse("admin:kept"))


@require_GET
def show_kept(request: HttpRequest) -> HttpResponse:
    """A page with the form as it was sent and one button that sends it again."""
    try:
        found = signing.loads(request.session.get("kept", ""), salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return HttpResponseRedirect(reverse("admin:index"))
    return _page(request, found, status=200)


def _page(request: HttpRequest, found: dict[str, Any], *, status: int) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": "Your edit is still here",
        "path": found["path"],
        "fields": found["fields"],
        "shown": [(name, value) for name, value in found["fields"] if value.strip()],
    }
    return render(request, "admin/kept.html", context, status=status)


def token_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's answer to a wrong token; at the desk nothing that was typed is lost by it.

    Only for forms that name our own origin: then they come from a page of ours.
    """
    is_ours = request.path.startswith(reverse("admin:index")) and "Origin" in request.headers
    if not is_ours or reason not in STALE:
        return csrf_failure(request, reason=reason)
    if not may(request, May.DRAFT):
        again: Any = desk_policy(admin.site.sign_in_again)  # type: ignore[attr-defined]
        response: HttpResponse = again(request)
        return response
    return hold(request, keep(request))
