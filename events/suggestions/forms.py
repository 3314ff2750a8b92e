"""What a reader writes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.models import Event, Suggestion
from events.suggestions import guard

KINDS = [
    (Suggestion.Kind.EVENT, _("New event")),
    (Suggestion.Kind.SOURCE, _("Source")),
    (Suggestion.Kind.CORRECTION, _("Correction")),
]
STATES = {
    Suggestion.State.WAITING: _("Your suggestion is waiting"),
    Suggestion.State.ACCEPTED: _("Your suggestion is accepted"),
    Suggestion.State.REJECTED: _("Your suggestion is rejected"),
}


class SuggestionForm(forms.Form):
    kind = forms.ChoiceField(choices=KINDS, label=_("What is it?"))
    event = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What should we know?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What happened and when, or what is wrong and what is right."),
    )
    url = forms.URLField(
        required=False,
        max_length=2000,
        assume_scheme="https",
        label=_("Where can we read it?"),
        help_text=_("The address of a source, such as https://example.org/report."),
    )
    contact = forms.CharField(
        required=False,
        max_length=200,
        label=_("How can we reach you?"),
        help_text=_("Only if you want. It is never published."),
    )
    # Neither seen nor reached by keyboard: only robots fill it in.
    website = forms.CharField(
        required=False,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    stamp = forms.CharField(widget=forms.HiddenInput)

    def clean_event(self) -> Event | None:
        public_id = self.cleaned_data["event"]
        if not public_id:
            return None
        event = Event.objects.once_public().filter(public_id=public_id).first()
        if event is None:  # the field is hidden: the message stands above the form
            self.add_error(None, _("There is no such event."))
        return event

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if guard.has_too_many_links(text):
            raise ValidationError(
                _("At most %d links, please: the best source goes in its own field.") % guard.LINKS
            )
        return text

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if fault := guard.stamp_fault(given.get("stamp", "")):
            raise ValidationError(fault)
        if given.get("kind") == Suggestion.Kind.SOURCE and not given.get("url"):
            self.add_error("url", _("A source needs its address."))
        return given
