"""What the desk's tests are about: people, stories of several publishers, cited events."""

from __future__ import annotations

import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from events.models import Citation, Event, Publisher, Source, Story, StoryMembership, User
from events.moderation.lifecycle import Draft, create_event, publish_event

_number = count(1)


def make_user(role: str = "moderator") -> User:
    return User.objects.create_user(f"{role or 'reader'}-{next(_number)}", role=role)


def make_source(**fields: Any) -> Source:
    number = next(_number)
    url = f"https://news{number}.example/r1"
    publisher = Publisher.objects.create(name=f"Publisher {number}", slug=f"publisher-{number}")
    values = {
        "canonical_url": url,
        "url": url,
        "title": f"DeepSeek releases R1, report {number}",
        "publisher": publisher,
        "published_at": datetime.datetime(2025, 1, 20, 12, tzinfo=datetime.UTC),
    }
    return Source.objects.create(**{**values, **fields})


def make_story(publishers: int = 3, **fields: Any) -> Story:
    now = timezone.now()
    story = Story.objects.create(
        **{
            "title": "DeepSeek releases R1",
            "source_count": publishers,
            "publisher_count": publishers,
            "first_source_at": now,
            "last_source_at": now,
            **fields,
        }
    )
    for _ in range(publishers):
        StoryMembership.objects.create(
            story=story, source=make_source(), score=0.8, signals={"because": ["DeepSeek", "R1"]}
        )
    return story


def make_draft(**fields: Any) -> Draft:
    values = {
        "title": "DeepSeek releases R1",
        "date": "2025-01-20",
        "category": Event.Category.MODEL_RELEASE,
    }
    return Draft(**{**values, **fields})


def make_event(*, publish: bool = True, **fields: Any) -> Event:
    """An event with one citation, public unless told otherwise."""
    source = make_source()
    draft = make_draft(citations=((source.pk, Citation.Role.REPORT),), **fields)
    event = create_event(draft, by=None)
    return publish_event(event, by=None) if publish else event
