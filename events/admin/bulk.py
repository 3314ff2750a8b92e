"""Changing several events from the list: one reason, and each checked against what was seen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString

from events.admin.site import may, person
from events.admin.undoing import say_done
from events.models import Event, May
from events.models.ids import row_number
from events.moderation.acts import Conflict
from events.moderation.lifecycle import amend_many
from events.moderation.step import ModerationError, noted


class BulkForm(forms.Form):
    category = forms.ChoiceField(
        choices=[("", "leave as it is"), *Event.Category.choices], required=False
    )
    importance = forms.TypedChoiceField(
        choices=[("", "leave as it is"), *Event.Importance.choices],
        coerce=int,
        empty_value="",
        required=False,
    )
    reason = forms.CharField(max_length=500, help_text="Public for events that are.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("category") and not given.get("importance"):
            raise forms.ValidationError("Choose what to change: category, importance or both.")
        return given

    def changes(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name]
            for name in ("category", "importance")
            if self.cleaned_data[name]
        }


class BulkActions:
    """The list carries the revision that each line showed; the action refuses an older one."""

    actions = ("change_together",)

    @admin.display(description="title", ordering="title")
    def titled(self, event: Event) -> SafeString:
        return format_html(
            '{}<input type="hidden" name="seen-{}" value="{}">',
            event.title,
            event.pk,
            event.revision_number,
        )

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return may(request, May.DECIDE)

    @admin.action(description="Change category or importance …", permissions=["decide"])
    def change_together(
        self, request: HttpRequest, queryset: QuerySet[Event]
    ) -> HttpResponse | None:
        events = list(queryset)
        seen = {event.pk: _seen(request, event) for event in events}
        form = BulkForm(request.POST if "apply" in request.POST else None)
        late: list[Event] = []
        if form.is_bound and form.is_valid():
            late = [event for event in events if event.revision_number != seen[event.pk]]
            try:
                if not late:
                    with noted() as decisions:
                        amend_many(
                            seen,
                            by=person(request),
                            reason=form.cleaned_data["reason"],
                            **form.changes(),
                        )
                    many = "1 event" if len(events) == 1 else f"{len(events)} events"
                    say_done(request, f"Changed {many}.", decisions)
                    return None
            except Conflict as conflict:
                late = [conflict.event]
            except ModerationError as error:
                messages.error(request, str(error))
        context = {
            **admin.site.each_context(request),
            "title": "Change several events",
            "form": form,
            "late": late,
            # Who was late is shown anew: applying again after reading is a choice.
            "lines": [
                {"event": e, "seen": e.revision_number if e in late else seen[e.pk]} for e in events
            ],
            "checkbox": ACTION_CHECKBOX_NAME,
            "wanted": form.changes() if form.is_bound and form.is_valid() else {},
        }
        return render(request, "admin/bulk.html", context, status=409 if late else 200)


def _seen(request: HttpRequest, event: Event) -> int:
    number = row_number(request.POST.get(f"seen-{event.pk}", ""))
    return -1 if number is None else number
