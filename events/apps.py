"""The record: what is known, how it got in, who approved it."""

from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Record"
    default = True


class DeskConfig(admin_apps.AdminConfig):
    """Django's admin with the moderation desk in the place of its site.

    It cannot live in events.admin: that package imports models, and this is read before them.
    """

    default = False
    default_site = "events.admin.site.DeskSite"

    def ready(self) -> None:
        super().ready()
        package = import_module("events.admin")
        for module in iter_modules(package.__path__, "events.admin."):
            import_module(module.name)
