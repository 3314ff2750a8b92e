"""Rules of signing in: roles, the second factor, lock-out, sessions, edits that came too late."""

from __future__ import annotations

import time
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from events.models import User
from tests.admin.forms import opened
from tests.moderation.making import make_event, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


def user_with_password(role: str = "moderator") -> User:
    user = make_user(role)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, user: User, password: str = PASSWORD) -> Any:
    fields = {"username": user.username, "password": password, "next": "/admin/"}
    return client.post(reverse("admin:login"), fields)


def code(device: TOTPDevice) -> str:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    return f"{totp.token():06d}"


@pytest.mark.parametrize("role", ["contributor", "moderator", "administrator"])
def test_the_first_sign_in_enrols_when_a_second_factor_is_required(
    client: Client, settings: Any, role: str
) -> None:
    settings.REQUIRE_TWO_FACTOR = True
    user = user_with_password(role)
    sign_in(client, user)
    asked = client.get("/admin/").headers["Location"]
    assert asked.startswith(reverse("admin:two_factor"))
    assert "data:image/svg+xml" in client.get(asked).content.decode()
    device = TOTPDevice.objects.get(user=user)
    shown = client.post(asked, {"token": code(device)}).content.decode()
    assert shown.count("<code>") == 8
    assert client.get("/admin/").status_code == 200


def test_whoever_has_enrolled_is_asked_for_a_code_each_time(client: Client) -> None:
    user = user_with_password()
    device = TOTPDevice.objects.create(user=user, name="app")
    sign_in(client, user)
    asked = client.get("/admin/").headers["Location"]
    wrong = client.post(asked, {"token": "000000"}).content.decode()
    assert "This code is not right" in wrong
    assert client.get("/admin/").status_code == 302
    device.refresh_from_db()
    device.throttle_reset()
    assert client.post(asked, {"token": code(device)}).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_without_the_requirement_name_and_password_are_enough(client: Client) -> None:
    sign_in(client, user_with_password())
    assert client.get("/admin/").status_code == 200


def test_guessing_a_password_locks_the_name_for_that_address(client: Client) -> None:
    user = user_with_password()
    for _ in range(5):
        sign_in(client, user, "wrong")
    response = sign_in(client, user)
    assert response.status_code == 429
    assert "Locked for a quarter of an hour" in response.content.decode()
    other = Client(REMOTE_ADDR="203.0.113.7")
    assert sign_in(other, user).status_code == 302


def test_a_name_longer_than_any_is_nobodys(client: Client) -> None:
    answers = [
        client.post(reverse("admin:login"), {"username": name, "password": PASSWORD})
        for name in ("nobody", "x" * 1000)
    ]
    unknown, too_long = (list(a.context["form"].non_field_errors()) for a in answers)
    assert unknown == too_long
    assert len(unknown) == 1


def test_a_session_is_listed_and_ended_from_another(client: Client) -> None:
    user, other = user_with_password(), Client(headers={"user-agent": "Elsewhere 1.0"})
    sign_in(client, user)
    sign_in(other, user)
    page = client.get(reverse("admin:sessions")).content.decode()
    assert "Elsewhere 1.0" in page
    gone = user.sign_ins.get(browser="Elsewhere 1.0")
    client.post(reverse("admin:session_end", args=[gone.pk]))
    assert other.get("/admin/").status_code == 302
    assert client.get("/admin/").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(client: Client) -> None:
    other, user = Client(), user_with_password()
    sign_in(other, user)
    sign_in(client, user_with_password())
    response = client.post(reverse("admin:session_end", args=[user.sign_ins.get().pk]))
    assert response.status_code == 404
    assert other.get("/admin/").status_code == 200


def test_an_edit_sent_after_the_session_ended_is_still_there_after_signing_in(
    client: Client,
) -> None:
    user, event = user_with_password(), make_event()
    sign_in(client, user)
    address = reverse("admin:events_event_change", args=[event.pk])
    fields = {**opened(client, address), "title": "Typed for an hour"}
    client.logout()
    late = client.post(address, fields)
    assert late.status_code == 401
    kept = unescape(late.content.decode()).split('name="kept" value="')[1].split('"')[0]
    login = {"username": user.username, "password": PASSWORD, "kept": kept}
    page = client.post(reverse("admin:login"), login, follow=True).content.decode()
    send_again(client, address, page)
    event.refresh_from_db()
    assert event.title == "Typed for an hour"


def send_again(client: Client, address: str, page: str) -> None:
    """What the button of the page with the kept form does."""
    assert f'action="{address}"' in page
    parts = [part.split(">")[0] for part in page.split('<input type="hidden" name="')[1:]]
    named = [part.split('" value="') for part in parts if '" value="' in part]
    client.post(address, {unescape(name): unescape(value[:-1]) for name, value in named})


def test_a_kept_edit_waits_behind_the_second_factor_too(client: Client) -> None:
    user, event = user_with_password(), make_event()
    device = TOTPDevice.objects.create(user=user, confirmed=True)
    client.force_login(user)  # the password only
    address = reverse("admin:events_event_change", args=[event.pk])
    reader = Client()
    reader.force_login(make_user())
    late = client.post(address, {**opened(reader, address), "title": "Typed for an hour"})
    step = late.headers["Location"]
    assert step.startswith(reverse("admin:two_factor"))
    page = client.post(step, {"token": code(device)}, follow=True).content.decode()
    send_again(client, address, page)
    event.refresh_from_db()
    assert event.title == "Typed for an hour"


@pytest.mark.parametrize(
    ("origin", "is_kept"),
    [
        pytest.param("http://testserver", True, id="from a page of ours"),
        pytest.param("https://evil.example", False, id="from elsewhere"),
        pytest.param("", False, id="from nobody knows where"),
    ],
)
def test_an_edit_with_the_token_of_an_earlier_session_is_kept(origin: str, is_kept: bool) -> None:
    client, event = Client(enforce_csrf_checks=True), make_event()
    client.force_login(make_user())
    client.get("/admin/")
    address = reverse("admin:events_event_change", args=[event.pk])
    fields = {"title": "Typed for an hour", "csrfmiddlewaretoken": "a" * 64}
    headers = {"origin": origin} if origin else {}
    response = client.post(address, fields, headers=headers, follow=True)
    assert (response.status_code == 200) == is_kept
    assert ("Typed for an hour" in response.content.decode()) == is_kept
