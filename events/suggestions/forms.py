"""What a reader writes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from events.models import Event, Suggestion
from events.suggestions import guard


class SuggestionForm(forms.Form):
    kind = forms.ChoiceField(choices=Suggestion.Kind.choices, label="What is it?")
    event = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    text = forms.CharField(
        label="What should we know?",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="What happened and when, or what is wrong and what is right.",
    )
    url = forms.URLField(
        required=False,
        max_length=2000,
        assume_scheme="https",
        label="Where can we read it?",
        help_text="The address of a source, such as https://example.org/report.",
    )
    contact = forms.CharField(
        required=False,
        max_length=200,
        label="How can we reach you?",
        help_text="Only if you want. It is never published.",
    )
    website = forms.CharField(required=False, label="Leave this empty")
    stamp = forms.CharField(widget=forms.HiddenInput)

    def clean_event(self) -> Event | None:
        public_id = self.cleaned_data["event"]
        if not public_id:
            return None
        event = Event.objects.once_public().filter(public_id=public_id).first()
        if event is None:  # the field is hidden: the message stands above the form
            self.add_error(None, "There is no such event.")
        return event

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if guard.has_too_many_links(text):
            raise ValidationError(
                f"At most {guard.LINKS} links, please: the best source goes in its own field."
            )
        return text

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if fault := guard.stamp_fault(given.get("stamp", "")):
            raise ValidationError(fault)
        if given.get("kind") == Suggestion.Kind.SOURCE and not given.get("url"):
            self.add_error("url", "A source needs its address.")
        return given
