"""Ids of what we publish: `tag:` URIs (RFC 4151), which no rename, merge or move changes."""

from __future__ import annotations

from django.conf import settings

from events.models import Decision, Event


def tag_of(name: str) -> str:
    return f"tag:{settings.TAG_AUTHORITY}:{name}"


def event_tag(event: Event) -> str:
    return tag_of(f"event/{event.public_id}")


def change_tag(decision: Decision) -> str:
    return tag_of(f"change/{decision.pk}")


def absolute(path: str) -> str:
    """The public address of a path of this site."""
    return f"{settings.SITE_URL}{path}"
