"""The draft of an event on the queue page: filled in by the machine, confirmed by a person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import ValidationError

from events.admin.words_field import WordsField
from events.drafting.proposal import ProposedEvent
from events.models import Actor, Citation, Event, Participation, Relation, Source
from events.models.dates import EXAMPLE, validate_edtf
from events.models.event import validate_region, validate_tag
from events.moderation.lifecycle import Draft


class DraftForm(forms.Form):
    title = forms.CharField(
        max_length=300, widget=forms.Textarea(attrs={"rows": 2, "data-key": "e"})
    )
    date = forms.CharField(
        max_length=40,
        validators=[validate_edtf],
        help_text=EXAMPLE,
        widget=forms.TextInput(attrs={"data-edtf": ""}),
    )
    category = forms.ChoiceField(choices=Event.Category.choices)
    importance = forms.TypedChoiceField(choices=Event.Importance.choices, coerce=int)
    summary = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-preview": ""}),
        help_text="One sentence is enough. Light Markdown.",
    )
    actors = forms.ModelMultipleChoiceField(
        Actor.objects.filter(merged_into__isnull=True),
        required=False,
        widget=AutocompleteSelectMultiple(
            Participation._meta.get_field("actor"),
            admin.site,
            attrs={"data-placeholder": "type a name", "style": "width: 100%"},
        ),
    )
    regions = WordsField(each=validate_region, help_text="US, CN, EU, INT …")
    tags = WordsField(each=validate_tag)
    reason = forms.CharField(
        required=False, max_length=500, help_text="Public once the event is: why it matters."
    )
    # Never ticked beforehand: a relation is stated by a person, not by being left alone.
    relations = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        data: Any = None,
        *,
        proposal: ProposedEvent,
        sources: list[Source],
        events: dict[int, Event] | None = None,
    ) -> None:
        """`events`: those that the proposal speaks of, where they were read already."""
        super().__init__(data, initial=_initial(proposal))
        # Its cross that clears all is no list item, which screen readers stumble over.
        self.fields["actors"].widget.is_required = True
        self.sources = sources
        self.notes = {f"{r.event_id}:{r.kind}": r.reason for r in proposal.relations}
        if events is None:
            events = Event.objects.in_bulk([r.event_id for r in proposal.relations])
        self.fields["relations"].choices = [  # type: ignore[attr-defined]
            (f"{r.event_id}:{r.kind}", f"{Relation.Kind(r.kind).label} {events[r.event_id]}")
            for r in proposal.relations
            if r.event_id in events
        ]
        for source in sources:
            self.fields[f"cite-{source.pk}"] = forms.ChoiceField(
                choices=[("", "do not cite"), *Citation.Role.choices],
                required=False,
                label=source.title,
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.sources and not any(given.get(f"cite-{s.pk}") for s in self.sources):
            raise ValidationError("Cite at least one source: choose what it is for the event.")
        return given

    def draft(self) -> Draft:
        """What was confirmed; for a valid form only."""
        given = self.cleaned_data
        return Draft(
            title=given["title"],
            date=given["date"],
            category=given["category"],
            importance=given["importance"],
            summary=given["summary"],
            regions=tuple(given["regions"]),
            tags=tuple(given["tags"]),
            actor_ids=tuple(actor.pk for actor in given["actors"]),
            citations=tuple(
                (source.pk, given[f"cite-{source.pk}"])
                for source in self.sources
                if given[f"cite-{source.pk}"]
            ),
            relations=tuple(
                (int(key.split(":")[0]), key.split(":")[1], self.notes[key])
                for key in given["relations"]
            ),
        )


def _initial(proposal: ProposedEvent) -> dict[str, Any]:
    return {
        "title": proposal.title,
        "date": proposal.date,
        "category": proposal.category,
        "importance": proposal.importance,
        "summary": proposal.summary,
        "actors": list(proposal.actor_ids),
        "regions": proposal.regions,
        "tags": proposal.tags,
        **{f"cite-{c.source_id}": c.role for c in proposal.citations},
    }
