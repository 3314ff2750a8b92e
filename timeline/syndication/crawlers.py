"""For machines that read pages: sitemaps, robots.txt and who is behind the site."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from events.models import Edition, Event
from timeline.cards import event_url
from timeline.queries import shown_actors
from timeline.site import site_name
from timeline.syndication.answering import public_file
from timeline.syndication.ids import absolute

if TYPE_CHECKING:  # only the stubs make Sitemap generic
    _Sitemap = Sitemap[object]
else:
    _Sitemap = Sitemap


class _Public(_Sitemap):
    limit = 5000
    protocol = settings.SITE_URL.partition("://")[0]

    def get_domain(self, site: object = None) -> str:
        return str(settings.SITE_URL.partition("://")[2])


class EventSitemap(_Public):
    def items(self) -> QuerySet[Event]:
        return Event.objects.published().order_by("pk")

    def location(self, item: object) -> str:
        assert isinstance(item, Event)
        return event_url(item)

    def lastmod(self, item: object) -> datetime.datetime | None:
        assert isinstance(item, Event)
        return item.last_changed_at

    def get_latest_lastmod(self) -> datetime.datetime | None:
        newest: datetime.datetime | None = Event.objects.published().aggregate(
            newest=Max("last_changed_at")
        )["newest"]
        return newest


class PageSitemap(_Public):
    """Lists, which change whenever the record does, and the pages of actors."""

    def items(self) -> list[str]:
        names = ("event_list", "race", "claim_list", "actor_list", "about", "follow", "api_page")
        pages = [reverse(f"timeline:{name}") for name in names]
        slugs = shown_actors().order_by("slug").values_list("slug", flat=True)
        return pages + [reverse("timeline:actor_detail", args=[slug]) for slug in slugs]

    def location(self, item: object) -> str:
        return str(item)

    def lastmod(self, item: object) -> datetime.datetime:
        return self.get_latest_lastmod()

    def get_latest_lastmod(self) -> datetime.datetime:
        return Edition.objects.get_or_create(pk=1)[0].changed_at


SITEMAPS: dict[str, type[_Sitemap]] = {"events": EventSitemap, "pages": PageSitemap}


@public_file("text/plain")
def robots(request: HttpRequest) -> HttpResponse:
    """Everything may be read; what a filter shows is in the sitemap already."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /embed/",
        f"Sitemap: {absolute(reverse('timeline:sitemap_index'))}",
    ]
    return _text(lines)


@public_file("text/plain")
def humans(request: HttpRequest) -> HttpResponse:
    lines = [
        "/* TEAM */",
        f"The moderators of {site_name()}: {settings.CONTACT.removeprefix('mailto:')}",
        "/* SITE */",
        f"How the record is made: {absolute(reverse('timeline:about'))}",
        f"How to follow and reuse it: {absolute(reverse('timeline:follow'))}",
    ]
    return _text(lines)


@public_file("text/plain")
def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116."""
    expires = (timezone.now() + datetime.timedelta(days=180)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    lines = [
        f"Contact: {settings.CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en, zh",
        f"Canonical: {absolute('/.well-known/security.txt')}",
    ]
    return _text(lines)


def _text(lines: list[str]) -> HttpResponse:
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
