"""The form of an event: short words in one line, dates that answer, a warning of duplicates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from events.admin.saving import RecordForm
from events.admin.words_field import WordsField
from events.drafting.propose import looks_like
from events.models import Event
from events.models.event import validate_region, validate_tag

DATE_ATTRIBUTES = {"data-edtf": "", "autocomplete": "off"}


class EventForm(RecordForm):
    slug = forms.SlugField(
        required=False,
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        help_text="Empty: made from the title. Old addresses keep leading here.",
    )
    regions = WordsField(
        each=validate_region, widget=UnfoldAdminTextInputWidget, help_text="US, CN, EU, INT …"
    )
    tags = WordsField(each=validate_tag, widget=UnfoldAdminTextInputWidget)
    confidence = forms.ChoiceField(
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="How its date and substance are known. It stands in files and in the API.",
    )
    is_another = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanWidget,
        label="Not a duplicate",
        help_text="I have looked at the events named above; this is another one.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_confidence()
        if "date" in self.fields:
            self.fields["date"].widget.attrs.update(DATE_ATTRIBUTES)
        if "summary" in self.fields:
            self.fields["summary"].widget = UnfoldAdminTextareaWidget(
                attrs={"rows": 4, "data-preview": ""}
            )

    def _offer_confidence(self) -> None:
        """The choices of the model, and what is stored already if it is another word."""
        stored = self.instance.confidence
        choices = [("", "not said"), *Event.Confidence.choices]
        if stored not in dict(choices):
            choices.append((stored, stored))
        field = self.fields.get("confidence")
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_slug(self) -> str:
        """An empty slug is filled in when the event is saved."""
        return str(self.cleaned_data["slug"] or self.instance.slug)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        is_new = self.instance.pk is None
        if is_new and given.get("title") and not given.get("is_another"):
            text = f"{given['title']} {given.get('summary', '')}"
            self._warn_of_duplicates(text, given.get("date", ""))
        return given

    def _warn_of_duplicates(self, text: str, date: str) -> None:
        likes = looks_like(text, date)
        events = Event.objects.in_bulk([like.event_id for like in likes])
        if not events:
            return
        links = format_html_join(
            ", ",
            '<a href="{}">{} ({})</a>',
            (
                (reverse("admin:events_event_change", args=[e.pk]), e.title, e.date)
                for e in events.values()
            ),
        )
        raise ValidationError(
            format_html(
                "The record may have this already: {}. If it is another event, tick “Not a "
                "duplicate” and save again.",
                links,
            )
        )
