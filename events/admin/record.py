"""Actors, publishers and sources; decisions and revisions to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from events.admin.named_form import NamedForm
from events.admin.rights import DeskAdmin, ReadOnlyAdmin
from events.admin.site import person
from events.admin.undoing import say_done
from events.models import (
    Actor,
    Citation,
    Decision,
    Event,
    Publisher,
    Revision,
    Source,
    StoryMembership,
)
from events.moderation.named import Named, editing_named
from events.moderation.step import noted


class NamedAdmin(DeskAdmin):
    """Every change is a step of moderation with its Decision, and can be undone."""

    form = NamedForm

    def save_model(self, request: HttpRequest, obj: Named, form: Any, change: bool) -> None:
        by, why = person(request), form.cleaned_data.get("why", "")
        stood = type(obj)._default_manager.get(pk=obj.pk) if change else obj
        with noted() as decisions, editing_named(stood, by=by, reason=why):
            super().save_model(request, obj, form, change)
            stood.pk = obj.pk
        request.decisions = decisions  # type: ignore[attr-defined]

    def message_user(
        self, request: HttpRequest, message: Any, level: int | str = messages.INFO, **kwargs: Any
    ) -> None:
        if level == messages.SUCCESS:
            say_done(request, message, getattr(request, "decisions", []))
            return
        super().message_user(request, message, level, **kwargs)


@admin.register(Actor)
class ActorAdmin(NamedAdmin):
    list_display = ("name", "kind", "country")
    list_filter = ("kind",)
    search_fields = ("name", "aliases")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("merged_into",)
    short_fields = ("aliases",)


@admin.register(Publisher)
class PublisherAdmin(NamedAdmin):
    list_display = ("name", "kind", "country", "is_rated")
    list_filter = ("kind", "is_rated")
    search_fields = ("name", "hosts")
    short_fields = ("hosts",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Source)
class SourceAdmin(NamedAdmin):
    list_display = ("title", "publisher", "kind", "published", "link_state", "first_seen_at")
    list_filter = ("kind", "link_state", "archive_state")
    list_select_related = ("publisher",)
    search_fields = ("title", "canonical_url")
    autocomplete_fields = ("publisher", "copy_of")
    readonly_fields = ("first_seen_at", "link_state", "link_checked_at", "archive_state")
    exclude = ("text", "content_hash")
    short_fields = ("summary", "note")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        source = context["original"]
        citations = Citation.objects.filter(source=source)
        backed = citations.values_list(Coalesce("event_id", "claim__event_id"))
        context["cited_on"] = Event.objects.filter(pk__in=backed)
        membership = StoryMembership.objects.filter(source=source).first()
        context["story_id"] = membership.story_id if membership else None
        page: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return page

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # by its address, or by hand where it has none: admin:source_add


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ("at", "by_name", "action", "event", "story", "reason", "is_public")
    list_filter = ("action", "is_public")
    fields = (
        ("at", "by_name"),
        ("action", "is_public"),
        "reason",
        ("event", "story"),
        ("source", "suggestion"),
    )
    list_select_related = ("event", "story")
    search_fields = ("by_name", "reason")


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    """The list; one revision is read beside the one before it, on its event's page."""

    list_display = ("event", "number", "at", "by_name", "reason")
    list_select_related = ("event",)
    search_fields = ("event__public_id", "by_name", "reason")

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        revision = get_object_or_404(Revision, pk=object_id)
        page = reverse("admin:event_revisions", args=[revision.event_id])
        return HttpResponseRedirect(f"{page}?new={revision.number}")
