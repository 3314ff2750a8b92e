"""What a feed is before it has a format: title, addresses, items, and where it goes on."""

from __future__ import annotations

import datetime
import unicodedata
from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils import translation
from django.utils.translation import gettext as _

from events.models import Edition
from timeline.filters import Filter
from timeline.languages import DEFAULT, TAGS
from timeline.listing import list_url
from timeline.markdown import plain
from timeline.panels import title_of
from timeline.queries import Place, events_for
from timeline.site import site_name
from timeline.syndication.addresses import feed_url
from timeline.syndication.archives import stretch_of
from timeline.syndication.changes import change_item, changes_for
from timeline.syndication.ids import absolute, tag_of
from timeline.syndication.items import Item, items_of

# What the query string of a feed may say besides a filter.
OWN_PARAMETERS = {"after", "sort"}
PARAMETERS = {"q", "category", "actor", "region", "tag", "importance", "claims", "from", "to"}


@dataclass(frozen=True)
class Feed:
    id: str
    title: str
    subtitle: str
    language: str
    home_url: str
    # Where this very document is.
    self_url: str
    # The document that readers poll, and those that archives lead to (RFC 5005); "" for none.
    current_url: str
    older_url: str
    newer_url: str
    hub_url: str
    is_archive: bool
    updated: datetime.datetime
    items: list[Item]


@dataclass(frozen=True)
class _Page:
    items: list[Item]
    older: Place | None
    newer: Place | None


def build_feed(stream: str, form: str, request: HttpRequest, edition: Edition) -> Feed:
    """The document that a request asks for; what it cannot use is said in the subtitle."""
    filter = replace(Filter.parse(request.GET), sort="date")
    after, notes = _after(request.GET)
    notes = [*notes_on(request.GET, filter), *notes]
    page = _page(stream, filter, after)

    def url(place: Place | None) -> str:
        return absolute(feed_url(stream, form, filter, after=str(place))) if place else ""

    current = absolute(feed_url(stream, form, filter))
    hub = settings.WEBSUB_HUB if filter.is_empty and not after else ""
    return Feed(
        id=_id(stream, filter),
        title=plain(_title(stream, filter)),
        subtitle=plain(" ".join([_subtitle(stream), *notes])),
        language=TAGS.get(translation.get_language() or DEFAULT, TAGS[DEFAULT]),
        home_url=absolute(list_url(filter)),
        # A hub knows a feed by one address only; else it is the address that was asked for.
        self_url=current if hub else request.build_absolute_uri(),
        current_url=current,
        older_url=url(page.older),
        newer_url=url(page.newer) or (current if after else ""),
        hub_url=hub,
        is_archive=after is not None,
        updated=max((item.updated for item in page.items), default=edition.changed_at),
        items=page.items,
    )


def _after(query: QueryDict) -> tuple[Place | None, list[str]]:
    written = query.get("after", "")
    place = Place.read(written, "added") if written else None
    if written and place is None:
        return None, [_("“after” was ignored: it names no place in this feed.")]
    return place, []


def _page(stream: str, filter: Filter, after: Place | None) -> _Page:
    if stream == "changes":
        decisions = stretch_of(changes_for(filter), "at", after)
        items = [change_item(decision) for decision in decisions.rows]
        return _Page(items, decisions.older, decisions.newer)
    events = stretch_of(events_for(filter), "first_published_at", after)
    return _Page(items_of(events.rows), events.older, events.newer)


def strangers(query: QueryDict) -> list[str]:
    """Names of parameters that are none of a filter's."""
    return sorted(set(query) - PARAMETERS - OWN_PARAMETERS)


def notes_on(query: QueryDict, filter: Filter) -> list[str]:
    """What of `query` was left out, for whoever gets the answer all the same."""
    unknown = _("“%s” was ignored: there is no such parameter.")
    return [*filter.notes, *(unknown % name[:60] for name in strangers(query))]


def _id(stream: str, filter: Filter) -> str:
    """The same for every address that asks for the same, but another one for each language."""
    language = translation.get_language() or DEFAULT
    prefix = "" if language == DEFAULT else f"{language}/"
    query = replace(filter, text=unicodedata.normalize("NFC", filter.text)).query_string
    return tag_of(f"feed/{prefix}{stream}?{query}".rstrip("?"))


def _title(stream: str, filter: Filter) -> str:
    parts = [site_name(), title_of(filter)]
    parts += [_("changes and corrections")] if stream == "changes" else []
    return " – ".join(part for part in parts if part)


def _subtitle(stream: str) -> str:
    if stream == "changes":
        return _("What was corrected, retracted or merged after publication, and why.")
    return _("Events in the order in which they were published here, each with all its sources.")
