"""Saving an event, or a claim of it, from a form: one act, checked against what the editor saw.

The form carries the revision it was opened at. A step that is refused shows the same form with
everything that was typed and the refusal on top.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from events.admin.claim_form import require_reason
from events.admin.conflicts import rehearse, show_conflict
from events.admin.further import take_further
from events.admin.rights import DeskAdmin
from events.admin.site import person
from events.admin.undoing import say_done
from events.models import Claim, Decision, Event, May
from events.models.ids import row_number
from events.moderation import lifecycle
from events.moderation.acts import Conflict, act
from events.moderation.step import ModerationError, noted, step

if TYPE_CHECKING:  # only the stubs make ModelForm generic
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm


class RecordForm(_ModelForm):
    """A form on the record: asks why, and knows which revision it was opened at."""

    refusal = ""
    why = forms.CharField(
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget,
        help_text="Why. Public once the event is.",
    )
    is_minor = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanWidget,
        label="Minor edit",
        help_text="A typo: readers and subscribers are not told that the event changed.",
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = event_of(self.instance)
        self.initial["revision"] = event.revision_number if event else None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if isinstance(self.instance, Claim):
            require_reason(self, given)
        if self.refusal:
            raise ValidationError(self.refusal)
        return given


def event_of(obj: Model | None) -> Event | None:
    """The saved event that a record form is about."""
    if isinstance(obj, Claim):
        return obj.event if obj.event_id else None
    return obj if isinstance(obj, Event) and obj.pk else None


class RecordAdmin(DeskAdmin):
    """Every save is one act of moderation with one Decision."""

    form = RecordForm

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[_ModelForm]:
        form: type[_ModelForm] = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", "")
        return type(form.__name__, (form,), {"refusal": refusal})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        show: Callable[..., HttpResponse] = super().changeform_view
        if request.method != "POST":
            return show(request, object_id, form_url, extra_context)
        obj = self.get_object(request, object_id) if object_id else None
        event = event_of(obj)

        def save() -> HttpResponse:
            return show(request, object_id, form_url, extra_context)

        try:
            with noted() as decisions:
                response = self._save(request, event, save)
            if said := getattr(request, "said", ""):
                say_done(request, said, decisions)
            return response
        except Conflict as conflict:
            return self._settle(request, conflict, save)
        except ModerationError as error:
            request.refusal = str(error)  # type: ignore[attr-defined]
        return save()

    def _settle(
        self, request: HttpRequest, conflict: Conflict, save: Callable[[], HttpResponse]
    ) -> HttpResponse:
        """Show both values, unless the form has errors of its own to be put right first."""
        event, base = conflict.event, conflict.expected
        if not 1 <= base <= event.revision_number:
            request.refusal = str(conflict)  # type: ignore[attr-defined]
            return save()
        try:
            response, mine = rehearse(request, event, base, save)
        except ModerationError as error:
            request.refusal = str(error)  # type: ignore[attr-defined]
            return save()
        return response if mine is None else show_conflict(request, event, base, mine)

    def _save(
        self, request: HttpRequest, event: Event | None, save: Callable[[], HttpResponse]
    ) -> HttpResponse:
        by, reason = person(request), request.POST.get("why", "").strip()
        with step(by=by, reason=reason):
            response = self._save_act(request, event, save, reason)
            if isinstance(response, HttpResponseRedirect) and event:
                further = take_further(request, event, request.POST.keys(), reason=reason)
                request.said = further or request.said  # type: ignore[attr-defined]
        return response

    def _save_act(
        self,
        request: HttpRequest,
        event: Event | None,
        save: Callable[[], HttpResponse],
        reason: str,
    ) -> HttpResponse:
        by = person(request)
        if event is None:
            with act(Decision.Action.DRAFT, by=by, reason=reason, may=May.DRAFT) as current:
                request.current_act = current  # type: ignore[attr-defined]
                return save()
        seen = row_number(request.POST.get("revision", ""))
        with lifecycle.editing(
            event,
            by=by,
            reason=reason,
            expected=-1 if seen is None else seen,
            is_minor="is_minor" in request.POST,
        ):
            return save()

    def save_model(self, request: HttpRequest, obj: Model, form: _ModelForm, change: bool) -> None:
        if isinstance(obj, Event) and not change:
            obj.created_by = person(request)
            obj.slug = obj.slug or lifecycle.free_slug(obj.title)
        super().save_model(request, obj, form, change)
        if isinstance(obj, Event) and not change:
            request.current_act.new_event(obj)  # type: ignore[attr-defined]

    def message_user(
        self, request: HttpRequest, message: Any, level: int | str = messages.INFO, **kwargs: Any
    ) -> None:
        """What Django says of a save is said when the step is through, with "Undo" beside it."""
        if level == messages.SUCCESS:
            request.said = message  # type: ignore[attr-defined]
            return
        super().message_user(request, message, level, **kwargs)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """Decisions are the log; Django's own would be a second, lesser one."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """See log_change."""
