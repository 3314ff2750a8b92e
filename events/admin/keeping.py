"""An edit that was sent after the session had ended is kept until its author signs in again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SALT = "events.admin.keeping"
MAX_AGE = 24 * 60 * 60
LEFT_OUT = ("csrfmiddlewaretoken", "kept")


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


def give_back(request: HttpRequest, kept: str) -> HttpResponse:
    """A page with the form as it was sent and one button that sends it again."""
    found: dict[str, Any] = signing.loads(kept, salt=SALT, max_age=MAX_AGE)
    context = {
        **admin.site.each_context(request),
        "title": "Your edit is still here",
        "path": found["path"],
        "fields": found["fields"],
        "shown": [(name, value) for name, value in found["fields"] if value.strip()],
    }
    return render(request, "admin/kept.html", context)
