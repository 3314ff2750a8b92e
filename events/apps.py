"""The record: what is known, how it got in, who approved it."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Record"
