"""A small record to read: events of every status, precision and doubt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from events.models import Actor, Citation, Claim, Edition, Event, Participation, Publisher, Source
from events.moderation.step import step

MakeEvent = Callable[..., Event]


def make_actor(name: str, **fields: Any) -> Actor:
    slug = "-".join(name.lower().split())
    values = {"slug": slug, "kind": "lab", **fields}
    return Actor.objects.get_or_create(name=name, defaults=values)[0]


def make_source(slug: str, publisher: str = "Example Press", **fields: Any) -> Source:
    slug_of = "-".join(publisher.lower().split())
    outlet, _ = Publisher.objects.get_or_create(name=publisher, defaults={"slug": slug_of})
    url = f"https://example.org/{slug}"
    values = {"url": url, "title": f"Report on {slug}", "lang": "en", "publisher": outlet, **fields}
    return Source.objects.get_or_create(canonical_url=url, defaults=values)[0]


@pytest.fixture
def make_event(db: None) -> MakeEvent:
    """Write an event as moderation does: one step, a citation, published unless told otherwise."""

    def make(
        slug: str,
        *,
        actors: tuple[str, ...] = (),
        claims: tuple[str, ...] = (),
        publishers: tuple[str, ...] = ("Example Press",),
        **fields: Any,
    ) -> Event:
        values = {
            "slug": slug,
            "title": slug.replace("-", " ").capitalize(),
            "date": "2025-01-20",
            "category": "model-release",
            "status": "published",
            **fields,
        }
        with step(by=None, reason="for a test"):
            event = Event(**values)
            if event.status != "draft":
                event.first_published_at = timezone.now()
            event.save()
            for number, publisher in enumerate(publishers):
                source = make_source(f"{slug}-{number}", publisher)
                Citation.objects.create(event=event, source=source, position=number)
            for number, name in enumerate(actors):
                Participation.objects.create(event=event, actor=make_actor(name), position=number)
            for number, status in enumerate(claims):
                claim = Claim.objects.create(
                    event=event,
                    text=f"{slug} claim {number}",
                    said_by="Somebody",
                    status=status,
                    reason="The record says otherwise.",
                    position=number,
                )
                Citation.objects.create(claim=claim, source=make_source(f"{slug}-0"))
        # Each event comes as if in a transaction of its own, with an edition of its own.
        Edition.objects.update(xact="")
        event.refresh_from_db()
        return event

    return make
