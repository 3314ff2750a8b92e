"""The form of an actor, a publisher or a source: asks why, and overwrites nobody unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextInputWidget

from events.moderation.named import stand_of

if TYPE_CHECKING:  # only the stubs make ModelForm generic
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm
OWN = ("why", "seen")


class NamedForm(_ModelForm):
    why = forms.CharField(
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget,
        help_text="Public when readers see the name somewhere.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = stand_of(self.instance)

    def clean(self) -> dict[str, Any]:
        """Who comes too late sees what saving would change, and saves again if that is meant."""
        given = super().clean() or {}
        now = self.initial.get("seen")
        if now and given.get("seen") != now:
            data: Any = self.data.copy()  # type: ignore[attr-defined]
            data["seen"] = now
            self.data = data
            raise ValidationError(
                "Somebody else has changed this since you opened it. Saving again would set "
                f"{self._differences() or 'nothing'}."
            )
        return given

    def _differences(self) -> str:
        changed = [name for name in self.changed_data if name not in OWN]
        return "; ".join(
            f"{self.fields[name].label or name} from “{self.initial.get(name) or ''}” to "
            f"“{self[name].data or ''}”"
            for name in changed
        )
