"""What every page says about the site: its name, language, menu and edition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

NAMES = {"en": "English", "zh-hans": "中文"}


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    path: str
    is_other: bool


@dataclass(frozen=True)
class MenuItem:
    label: str
    url: str
    is_here: bool


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor; costs no query."""
    lang = translation.get_language() or "en"
    edition = getattr(request, "edition", None)
    return {
        "site": {
            "name": site_name(),
            "url": settings.SITE_URL,
            "lang": "zh-Hans" if lang == "zh-hans" else "en",
            "path": request.path,
            "description": _("The sourced public record of the AI race."),
            "menu": _menu(request.path),
            "languages": _languages(request, lang),
            "edition": edition.number if edition else None,
            "changed": edition.changed_at.strftime("%Y-%m-%d %H:%M") if edition else "",
        }
    }


def site_name() -> str:
    """The operator's name for the site; the default one is translated."""
    name: str = settings.SITE_NAME
    return _("AI Race Timeline") if name == "AI Race Timeline" else name


def _menu(path: str) -> list[MenuItem]:
    entries = [
        ("timeline:event_list", _("Timeline")),
        ("timeline:actor_list", _("Actors")),
    ]
    return [
        MenuItem(label, url, path == url)
        for label, url in ((label, reverse(name)) for name, label in entries)
    ]


def _languages(request: HttpRequest, lang: str) -> list[Language]:
    return []
