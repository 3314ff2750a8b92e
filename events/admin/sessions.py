"""Where a person is signed in, and ending it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from events.admin.site import person
from events.models import SignIn, User


@receiver(user_logged_in, dispatch_uid="events.sign_in")
def remember(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    if request.session.session_key is None:
        request.session.save()
    SignIn.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "address": request.META.get("REMOTE_ADDR") or None,
            "browser": request.headers.get("User-Agent", "")[:300],
        },
    )


def show_sessions(request: HttpRequest) -> HttpResponse:
    user = person(request)
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    SignIn.objects.filter(user=user).exclude(session_key__in=alive).delete()
    context = {
        **admin.site.each_context(request),
        "title": "Where you are signed in",
        "sign_ins": SignIn.objects.filter(user=user),
        "own_key": request.session.session_key,
    }
    return render(request, "admin/sessions.html", context)


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions; nobody else's can be named here."""
    sign_in = get_object_or_404(SignIn, pk=pk, user=person(request))
    SessionStore(sign_in.session_key).delete()
    sign_in.delete()
    messages.success(request, "That session is ended.")
    return HttpResponseRedirect(reverse("admin:sessions"))
