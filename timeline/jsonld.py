"""An event as schema.org JSON-LD: an article about something dated, with its citations.

Not a ClaimReview: we say how a claim stands, we do not rate it.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from events.models import Event
from timeline.cards import event_url
from timeline.dossier import Dossier, SourceLine
from timeline.markdown import language_of, plain
from timeline.site import site_name

# What would end the element or be read as markup stands as an escape.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def event_json_ld(dossier: Dossier) -> SafeString:
    """The content of a `<script type="application/ld+json">`. No query."""
    text = json.dumps(_article(dossier), ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(text)


def _article(dossier: Dossier) -> dict[str, Any]:
    event = dossier.event
    sources = [source for group in dossier.source_groups for source in group.sources]
    organization = {"@type": "Organization", "name": site_name(), "url": f"{settings.SITE_URL}/"}
    published = event.first_published_at
    article: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": f"{settings.SITE_URL}{event_url(event)}",
        "url": f"{settings.SITE_URL}{event_url(event)}",
        "mainEntityOfPage": f"{settings.SITE_URL}{event_url(event)}",
        "image": f"{settings.SITE_URL}{event_url(event)}card.png",
        "inLanguage": language_of(event.title),
        "headline": plain(event.title)[:110],
        "description": plain(event.summary),
        "datePublished": published.isoformat() if published else None,
        "dateModified": event.last_changed_at.isoformat() if event.last_changed_at else None,
        "temporalCoverage": _interval(event),
        "author": organization,
        "publisher": organization,
        "isAccessibleForFree": True,
        "license": settings.DATA_LICENSE,
        "keywords": [event.category, *event.tags],
        "about": [{"@type": "Thing", "name": plain(actor.name)} for actor, _ in dossier.actors],
        "citation": [_work(source) for source in sources],
    }
    return {name: value for name, value in article.items() if value not in (None, "", [])}


def _interval(event: Event) -> str:
    """ISO 8601, which is what schema.org takes: an open end is two dots."""
    first, last = event.earliest, event.latest
    if first == last and first:
        return first.isoformat()
    return f"{first.isoformat() if first else '..'}/{last.isoformat() if last else '..'}"


def _work(source: SourceLine) -> dict[str, Any]:
    work: dict[str, Any] = {
        "@type": "CreativeWork",
        "name": source.title,
        "url": source.url,
        "inLanguage": source.lang,
    }
    if source.publisher:
        work["publisher"] = {"@type": "Organization", "name": plain(source.publisher)}
    return {name: value for name, value in work.items() if value}
