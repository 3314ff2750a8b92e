"""What a feed is before it has a format: title, addresses, items, and where it goes on."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _

from events.models import Edition
from timeline.filters import Filter
from timeline.listing import list_url
from timeline.markdown import plain
from timeline.panels import title_of
from timeline.queries import Place, page_of
from timeline.site import site_name
from timeline.syndication.addresses import feed_url
from timeline.syndication.changes import changes_after
from timeline.syndication.ids import absolute, tag_of
from timeline.syndication.items import Item, items_of

SIZE = 50
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
    feed_url: str
    first_url: str
    next_url: str
    updated: datetime.datetime
    items: list[Item]
    # The hub is told of whole feeds only: it cannot be told of every filter there may be.
    is_whole: bool


def build_feed(stream: str, form: str, query: QueryDict, edition: Edition) -> Feed:
    """The page of a feed that `query` asks for; what it cannot use is said in the subtitle."""
    filter = Filter.parse(query)
    notes = [*filter.notes, *_strangers(query)]
    written = query.get("after", "")
    after = Place.read(written, "added") if written else None
    if written and after is None:
        notes.append(_("“after” was ignored: it names no place in this feed."))
    if stream == "events":
        page = page_of(replace(filter, sort="added"), size=SIZE, after=after)
        items, older = items_of(page.events), page.older
    else:
        items, older = changes_after(filter, after, SIZE)
    at = {"after": str(after)} if after else {}
    return Feed(
        id=tag_of(f"feed/{stream}?{replace(filter, sort='date').query_string}".rstrip("?")),
        title=plain(_title(stream, filter)),
        subtitle=plain(" ".join([_subtitle(stream), *notes])),
        language="zh-Hans" if translation.get_language() == "zh-hans" else "en",
        home_url=absolute(list_url(replace(filter, sort="date"))),
        feed_url=absolute(feed_url(stream, form, filter, **at)),
        first_url=absolute(feed_url(stream, form, filter)),
        next_url=absolute(feed_url(stream, form, filter, after=str(older))) if older else "",
        updated=max((item.updated for item in items), default=edition.changed_at),
        items=items,
        is_whole=filter.is_empty and not after,
    )


def _strangers(query: QueryDict) -> Iterable[str]:
    for name in sorted(set(query) - PARAMETERS - OWN_PARAMETERS):
        yield _("“%s” was ignored: there is no such parameter.") % name[:60]


def _title(stream: str, filter: Filter) -> str:
    parts = [site_name(), title_of(filter)]
    parts += [_("changes and corrections")] if stream == "changes" else []
    return " – ".join(part for part in parts if part)


def _subtitle(stream: str) -> str:
    if stream == "changes":
        return _("What was corrected, retracted or merged after publication, and why.")
    return _("Events in the order in which they were published here, each with all its sources.")
