"""The record's own screens: events with all that belongs to them, actors, publishers, sources."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import StackedInline, TabularInline

from events.admin.rights import DeskAdmin, PartInline, ReadOnlyAdmin, may_edit
from events.admin.saving import RecordAdmin
from events.models import (
    Actor,
    Citation,
    Claim,
    Decision,
    Event,
    EventDate,
    May,
    Participation,
    Publisher,
    Relation,
    Revision,
    Source,
)


class CitationInline(PartInline, TabularInline):
    model = Citation
    fields = ("source", "role", "stance", "quote", "locator", "position")
    autocomplete_fields = ("source",)


class EventCitationInline(CitationInline):
    fk_name = "event"


class ClaimCitationInline(CitationInline):
    fk_name = "claim"


class ClaimInline(PartInline, StackedInline):
    model = Claim
    fields = (
        "text",
        ("said_by", "said_by_actor"),
        ("reported_by", "reported_by_publisher"),
        ("quantity_value", "quantity_unit"),
        ("status", "position"),
        "reason",
        "cited",
    )
    readonly_fields = ("cited",)
    autocomplete_fields = ("said_by_actor", "reported_by_publisher")

    @admin.display(description="sources")
    def cited(self, claim: Claim) -> str | SafeString:
        if claim.pk is None:
            return "Save first, then add its sources."
        url = reverse("admin:events_claim_change", args=[claim.pk])
        return format_html('<a href="{}">{} — change</a>', url, claim.citations.count())


class EventDateInline(PartInline, TabularInline):
    model = EventDate
    fields = ("kind", "date", "note")


class ParticipationInline(PartInline, TabularInline):
    model = Participation
    fields = ("actor", "role", "position")
    autocomplete_fields = ("actor",)


class RelationInline(PartInline, TabularInline):
    model = Relation
    fk_name = "from_event"
    fields = ("kind", "to_event", "note")
    autocomplete_fields = ("to_event",)


@admin.register(Event)
class EventAdmin(RecordAdmin):
    add_right = May.DRAFT
    list_display = ("title", "date", "category", "importance", "status", "public_id")
    list_filter = ("status", "category", "importance")
    search_fields = ("title", "public_id", "slug")
    fields = (
        "title",
        ("date", "slug"),
        "summary",
        ("category", "importance"),
        ("regions", "tags"),
        "confidence",
        "why",
        ("is_minor", "revision"),
    )
    inlines = (
        EventCitationInline,
        ClaimInline,
        EventDateInline,
        ParticipationInline,
        RelationInline,
    )

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_edit(request, obj)


@admin.register(Claim)
class ClaimAdmin(RecordAdmin):
    list_display = ("text", "status", "event")
    list_filter = ("status",)
    list_select_related = ("event",)
    search_fields = ("text", "said_by")
    autocomplete_fields = ("said_by_actor", "reported_by_publisher")
    fields = (*ClaimInline.fields[:-1], "event", "why", ("is_minor", "revision"))
    readonly_fields = ("event",)
    inlines = (ClaimCitationInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a claim is written on its event

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_edit(request, obj)


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
