"""What every page says about the site: its name, language, menu and edition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from timeline.languages import DEFAULT, NAMES, TAGS, in_language, language_of


@dataclass(frozen=True)
class Language:
    tag: str
    name: str
    url: str
    is_other: bool


@dataclass(frozen=True)
class MenuItem:
    label: str
    url: str
    is_here: bool


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor; costs no query."""
    edition = getattr(request, "edition", None)
    return {
        "site": {
            "name": site_name(),
            "url": settings.SITE_URL,
            "lang": TAGS[language_of(request.path)],
            "path": request.path,
            "description": _("The sourced public record of the AI race."),
            "menu": _menu(request.path),
            "languages": _languages(request),
            "x_default": in_language(request.get_full_path(), DEFAULT),
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
        ("timeline:race", _("Race")),
        ("timeline:claim_list", _("Claims")),
        ("timeline:actor_list", _("Actors")),
        ("timeline:follow", _("Follow")),
        ("timeline:about", _("Method")),
    ]
    return [
        MenuItem(label, url, path == url)
        for label, url in ((label, reverse(name)) for name, label in entries)
    ]


def _languages(request: HttpRequest) -> list[Language]:
    here = language_of(request.path)
    full = request.get_full_path()
    return [
        Language(TAGS[code], name, in_language(full, code), code != here)
        for code, name in NAMES.items()
    ]


def oembed_url(path: str) -> str:
    """Where a page's own oEmbed answer is, for its `<link>`."""
    query = QueryDict(mutable=True)
    query["url"] = settings.SITE_URL + path
    return f"{settings.SITE_URL}{reverse('timeline:oembed')}?{query.urlencode()}"
