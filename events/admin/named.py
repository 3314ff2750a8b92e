"""An event as somebody names it: by its public id or by its address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from events.models import Event


def event_named(text: str) -> Event | None:
    text = text.replace("\x00", "").strip()
    parts = [part for part in text.split("/") if part]
    public_id = parts[parts.index("events") + 1] if "events" in parts[:-1] else text
    return Event.objects.filter(public_id=public_id).first()


class EventField(forms.CharField):
    """Type-ahead comes from the list of titles beside it; the value is an id or an address."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 500)
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"data-lookup": "events", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Event | None:
        text = super().clean(value)
        if not text:
            return None
        event = event_named(text)
        if event is None:
            raise ValidationError(
                f"No event is called “{text}”. Give its id, such as k7x2mpd, or its address."
            )
        return event
