"""What belongs to an event, edited on its form: rights are the event's, rows keep an order."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextareaWidget

from events.admin.rights import may_edit


class PartInline:
    extra = 0
    short_fields: tuple[str, ...] = ()

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_edit(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_edit(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_edit(request, obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        parent: Any = super()
        field = parent.formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name in self.short_fields:
            field.widget = UnfoldAdminTextareaWidget(attrs={"rows": 2})
        if field and db_field.name == "position":
            field.required = False
        return field


class OrderedFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """A new row without a place of its own goes last."""

    def clean(self) -> None:
        super().clean()
        last = max((_place(form) for form in self.initial_forms), default=-1)
        for form in self.forms:
            if not getattr(form, "cleaned_data", None) or form.cleaned_data.get("position"):
                continue
            if form.instance.pk is None:
                last += 1
                form.instance.position = last
            else:
                form.instance.position = form.initial.get("position") or 0


def _place(form: Any) -> int:
    return int(getattr(form, "cleaned_data", {}).get("position") or 0)


class OrderedInline(PartInline):
    """Rows are dragged into order."""

    ordering_field = "position"
    hide_ordering_field = True
    formset = OrderedFormSet
