"""Ids of what we publish: `tag:` URIs (RFC 4151), which no rename, merge or move changes; and
addresses as they can stand outside of this site."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from events.models import Decision, Event

_HREF = re.compile(r'(?<=<a href=")(?![a-zA-Z][a-zA-Z0-9+.-]*:)([^"]*)')


def tag_of(name: str) -> str:
    return f"tag:{settings.TAG_AUTHORITY}:{name}"


def event_tag(event: Event) -> str:
    return tag_of(f"event/{event.public_id}")


def change_tag(decision: Decision) -> str:
    return tag_of(f"change/{decision.pk}")


def absolute(path: str) -> str:
    """The public address of a path of this site."""
    return f"{settings.SITE_URL}{path}"


def with_absolute_links(markup: str, page: str) -> SafeString:
    """HTML of `page` as it can stand anywhere else: what links within the site names the site."""
    return mark_safe(_HREF.sub(lambda href: urljoin(page, href[1]), markup))
