"""The second step of signing in: a code from an authenticator app, or a recovery code.

Whoever has enrolled is always asked. With REQUIRE_TWO_FACTOR nobody reaches the desk without;
the first sign-in then leads here to enrol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from urllib.parse import urlencode

import django_otp
import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from events.admin.site import desk_policy, person
from events.models import May, User

RECOVERY_CODES = 8
View = Callable[[HttpRequest], HttpResponse]


class TokenForm(forms.Form):
    token = forms.CharField(
        max_length=16,
        label="Code",
        help_text="Six digits from your authenticator app, or one of your recovery codes.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": ""}),
    )


def missing(request: HttpRequest) -> str:
    """What this person still owes before the desk opens: "", "token" or "enrolment"."""
    user = request.user
    if not isinstance(user, User) or _is_verified(user):
        return ""
    if TOTPDevice.objects.filter(user=user, confirmed=True).exists():
        return "token"
    return "enrolment" if settings.REQUIRE_TWO_FACTOR else ""


def _is_verified(user: User) -> bool:
    """False too in the request that has just taken the password."""
    return hasattr(user, "is_verified") and bool(user.is_verified())


def address(request: HttpRequest, then: str = "") -> str:
    """Where the second step is taken, and on to where the person was going."""
    query = urlencode({"next": then or request.get_full_path()})
    return f"{reverse('admin:two_factor')}?{query}"


def _signed_in(view: View) -> Callable[[HttpRequest], HttpResponseBase]:
    """The password was right and there is a role; the second step is what these views are for."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        if not (isinstance(request.user, User) and request.user.may(May.DRAFT)):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return view(request)

    return never_cache(desk_policy(wrapped))


@_signed_in
def two_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code, or enrol whoever has no device yet."""
    user = person(request)
    device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    if device is None:
        return _enrol(request, user)
    if user.is_verified():  # type: ignore[attr-defined]
        return _page(request, {"is_done": True, "title": "Two-factor sign-in"})
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():  # the device's row is locked while it counts failures
            matched = django_otp.match_token(user, form.cleaned_data["token"].strip())
        if matched is not None:
            django_otp.login(request, matched)
            return HttpResponseRedirect(_next(request))
        form.add_error("token", "This code is not right, or tried too often: wait for the next.")
    return _page(request, {"form": form, "title": "Enter your code", "button": "Go on"})


def _enrol(request: HttpRequest, user: User) -> HttpResponse:
    device, _ = TOTPDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": "app"}
    )
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if device.verify_token(form.cleaned_data["token"].strip()):
            device.confirmed = True
            device.save()
            codes = _new_codes(user)
            django_otp.login(request, device)
            done = {"codes": codes, "title": "Keep these recovery codes", "next": _next(request)}
            return _page(request, done)
        form.add_error("token", "This code is not right: check the clock of your device.")
    context = {
        "form": form,
        "title": "Set up two-factor sign-in",
        "button": "Turn it on",
        "qr": segno.make(device.config_url).svg_data_uri(scale=4, dark="#000", light="#fff"),
        "secret": device.config_url.split("secret=")[1].split("&")[0],
        "may_skip": not settings.REQUIRE_TWO_FACTOR,
    }
    return _page(request, context)


def _new_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def _next(request: HttpRequest) -> str:
    target = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        return target
    return reverse("admin:index")


def _page(request: HttpRequest, context: Mapping[str, object]) -> HttpResponse:
    return render(request, "admin/two_factor.html", {**admin.site.each_context(request), **context})


@_signed_in
def turn_off(request: HttpRequest) -> HttpResponse:
    """Only for whoever has just proved the second factor in this session."""
    user = person(request)
    if request.method == "POST" and user.is_verified():  # type: ignore[attr-defined]
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
        messages.success(request, "Two-factor sign-in is off.")
    return HttpResponseRedirect(reverse("admin:two_factor"))
