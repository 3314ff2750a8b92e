"""Actors, publishers and sources; decisions and revisions to read."""

from __future__ import annotations

from django.contrib import admin

from events.admin.rights import DeskAdmin, ReadOnlyAdmin
from events.models import Actor, Decision, Publisher, Revision, Source


@admin.register(Actor)
class ActorAdmin(DeskAdmin):
    list_display = ("name", "kind", "country")
    list_filter = ("kind",)
    search_fields = ("name", "aliases")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("merged_into",)


@admin.register(Publisher)
class PublisherAdmin(DeskAdmin):
    list_display = ("name", "kind", "country", "is_rated")
    list_filter = ("kind", "is_rated")
    search_fields = ("name", "hosts")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Source)
class SourceAdmin(DeskAdmin):
    list_display = ("title", "publisher", "kind", "published", "link_state", "first_seen_at")
    list_filter = ("kind", "link_state", "archive_state")
    list_select_related = ("publisher",)
    search_fields = ("title", "canonical_url")
    autocomplete_fields = ("publisher", "copy_of")
    readonly_fields = ("first_seen_at", "link_state", "link_checked_at", "archive_state")
    exclude = ("text", "content_hash")


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ("at", "by_name", "action", "event", "story", "reason", "is_public")
    list_filter = ("action", "is_public")
    list_select_related = ("event", "story")
    search_fields = ("by_name", "reason")


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = ("event", "number", "at", "by_name", "reason")
    list_select_related = ("event",)
    search_fields = ("event__public_id", "by_name", "reason")
