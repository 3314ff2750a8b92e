"""A claim on its event's form, with the sources that back it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.db.models import Max

from events.models import Citation, Claim, Source

if TYPE_CHECKING:  # only the stubs make ModelForm generic
    _ModelForm = forms.ModelForm[Claim]
else:
    _ModelForm = forms.ModelForm


class ClaimForm(_ModelForm):
    backed_by = forms.ModelMultipleChoiceField(
        Source.objects.all(),
        required=False,
        label="Sources",
        help_text="What each says of it, and quotes: on the claim's own page.",
    )

    class Meta:
        model = Claim
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["backed_by"]
        field.widget = AutocompleteSelectMultiple(
            Citation._meta.get_field("source"), admin.site, attrs={"style": "width: 100%"}
        )
        field.widget.choices = field.choices  # type: ignore[attr-defined]
        if self.instance.pk:
            cited = self.instance.citations.values_list("source_id", flat=True)
            self.initial["backed_by"] = list(cited)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        require_reason(self, given)
        return given

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]
        if "backed_by" in self.changed_data:  # in the order in which they were chosen
            cite_claim(self.instance, [int(pk) for pk in self["backed_by"].data])


def require_reason(form: forms.BaseForm, given: dict[str, Any]) -> None:
    """Who doubts a claim says why, at the field where it belongs."""
    doubts = (Claim.Status.DISPUTED, Claim.Status.REFUTED)
    if given.get("status") in doubts and not given.get("reason", "").strip():
        form.add_error("reason", "Say why the claim is disputed or refuted.")


def cite_claim(claim: Claim, source_ids: list[int]) -> None:
    """Cite exactly these; citations that stay keep what was written in them."""
    claim.citations.exclude(source_id__in=source_ids).delete()
    known = set(claim.citations.values_list("source_id", flat=True))
    last = claim.citations.aggregate(last=Max("position"))["last"]
    new = [source_id for source_id in source_ids if source_id not in known]
    Citation.objects.bulk_create(
        Citation(claim=claim, source_id=source_id, position=position)
        for position, source_id in enumerate(new, start=0 if last is None else last + 1)
    )
