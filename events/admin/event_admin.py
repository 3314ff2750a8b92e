"""Events with all that belongs to them, and claims with their sources."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import StackedInline, TabularInline
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from events.admin.bulk import BulkActions
from events.admin.claim_form import ClaimForm
from events.admin.event_form import DATE_ATTRIBUTES, EventForm
from events.admin.number_field import PlainNumberField
from events.admin.parts import OrderedInline, PartInline
from events.admin.rights import may_edit
from events.admin.saving import RecordAdmin
from events.admin.site import may
from events.models import Citation, Claim, Event, EventDate, May, Participation, Relation

PLAIN_NUMBERS = {
    models.DecimalField: {"form_class": PlainNumberField, "widget": UnfoldAdminDecimalFieldWidget}
}


class CitationInline(OrderedInline, StackedInline):
    model = Citation
    verbose_name, verbose_name_plural = "source", "sources"
    fields = ("source", ("role", "stance"), ("quote", "locator"), "position")
    autocomplete_fields = ("source",)
    short_fields = ("quote",)


class EventCitationInline(CitationInline):
    fk_name = "event"


class ClaimCitationInline(CitationInline):
    fk_name = "claim"


class ClaimInline(OrderedInline, StackedInline):
    model = Claim
    form = ClaimForm
    formfield_overrides = PLAIN_NUMBERS
    fields = (
        "text",
        ("said_by", "said_by_actor"),
        ("reported_by", "reported_by_publisher"),
        ("quantity_value", "quantity_unit"),
        ("status", "reason"),
        "backed_by",
        "cited",
        "position",
    )
    readonly_fields = ("cited",)
    short_fields = ("text", "reason")
    autocomplete_fields = ("said_by_actor", "reported_by_publisher")

    @admin.display(description="own page")
    def cited(self, claim: Claim) -> str | SafeString:
        if claim.pk is None:
            return "once it is saved"
        url = reverse("admin:events_claim_change", args=[claim.pk])
        return format_html('<a href="{}">Quotes, and what each source says of it</a>', url)


class EventDateInline(PartInline, TabularInline):
    model = EventDate
    verbose_name, verbose_name_plural = "further date", "further dates"
    fields = ("kind", "date", "note")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "date":
            field.widget.attrs.update(DATE_ATTRIBUTES)
        return field


class ParticipationInline(OrderedInline, TabularInline):
    model = Participation
    verbose_name, verbose_name_plural = "actor", "actors"
    fields = ("actor", "role", "position")
    autocomplete_fields = ("actor",)


class RelationInline(PartInline, TabularInline):
    model = Relation
    fk_name = "from_event"
    fields = ("kind", "to_event", "note")
    autocomplete_fields = ("to_event",)


@admin.register(Event)
class EventAdmin(BulkActions, RecordAdmin):
    add_right = May.DRAFT
    list_display = ("titled", "date", "category", "importance", "status", "public_id")
    list_filter = ("status", "category", "importance")
    search_fields = ("title", "public_id", "slug")
    fields = (
        "title",
        ("date", "slug"),
        "summary",
        ("category", "importance"),
        ("regions", "tags"),
        "confidence",
        ("why", "is_minor"),
        "revision",
    )
    form = EventForm
    inlines = (
        EventCitationInline,
        ClaimInline,
        EventDateInline,
        ParticipationInline,
        RelationInline,
    )

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_edit(request, obj)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[Any, ...]:
        return self.fields if obj else (*self.fields, "is_another")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["may_decide"] = may(request, May.DECIDE)
        page: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return page

    def view_on_site(self, event: Event) -> str:
        """Readers' own page, or for what they cannot see the same page as a preview."""
        if event.status == Event.Status.PUBLISHED:
            return event.get_absolute_url()
        return f"{reverse('admin:index')}preview/{event.pk}/"


@admin.register(Claim)
class ClaimAdmin(RecordAdmin):
    list_display = ("text", "status", "event")
    list_filter = ("status",)
    list_select_related = ("event",)
    search_fields = ("text", "said_by")
    formfield_overrides = PLAIN_NUMBERS
    autocomplete_fields = ("said_by_actor", "reported_by_publisher")
    fields = (*ClaimInline.fields[:-3], "event", ("why", "is_minor"), "revision")
    short_fields = ClaimInline.short_fields
    readonly_fields = ("event",)
    inlines = (ClaimCitationInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a claim is written on its event

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_edit(request, obj)
