"""Who may see and change what on the desk's screens. Rights come from the person's role."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, URLField
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminTextareaWidget

from events.admin.site import may
from events.models import Claim, Event, May
from events.moderation import lifecycle


class DeskList(ChangeList):
    """A list that offers to show all only when something is left out."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count


class DeskAdmin(ModelAdmin):
    """Nothing is ever deleted here."""

    view_right = May.DRAFT
    add_right = May.DECIDE
    change_right = May.DECIDE
    list_per_page = 50
    show_full_result_count = False
    list_filter_submit = True
    short_fields: tuple[str, ...] = ()  # long texts that are mostly a line or two
    warn_unsaved_form = True

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """An address typed without a scheme is https, as in every form of ours."""
        if isinstance(db_field, URLField):
            kwargs.setdefault("assume_scheme", "https")
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name in self.short_fields:
            field.widget = UnfoldAdminTextareaWidget(attrs={"rows": 2})
        return field

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DeskList]:
        return DeskList

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request, self.view_right)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, self.add_right)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request, self.change_right)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(DeskAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def may_edit(request: HttpRequest, obj: Model | None) -> bool:
    """Whether the signed-in person may change this event, or the event of this claim."""
    event = obj.event if isinstance(obj, Claim) else obj
    right = lifecycle.right_to_edit(event) if isinstance(event, Event) else May.DRAFT
    return may(request, right)
