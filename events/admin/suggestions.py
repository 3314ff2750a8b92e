"""What readers sent in, and the answer they get."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from events.admin.rights import ReadOnlyAdmin
from events.admin.site import may, person
from events.models import May, Suggestion
from events.moderation.step import ModerationError
from events.moderation.suggestions import answer_suggestion


class AnswerForm(forms.Form):
    reason = forms.CharField(
        max_length=2000,
        label="Answer",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever sent it in reads this at their private address.",
    )


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "state", "event", "created_at")
    list_filter = ("state", "kind")
    list_select_related = ("event",)
    search_fields = ("text", "url")

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        suggestion = get_object_or_404(Suggestion.objects.select_related("event"), pk=object_id)
        form = AnswerForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            accepted = "accept" in request.POST
            try:
                answer_suggestion(
                    suggestion,
                    by=person(request),
                    accepted=accepted,
                    reason=form.cleaned_data["reason"],
                )
            except ModerationError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"{'Accepted' if accepted else 'Rejected'}: {suggestion}")
                return HttpResponseRedirect(reverse("admin:events_suggestion_changelist"))
        context = {
            **admin.site.each_context(request),
            "title": f"Suggestion: {suggestion.get_kind_display()}",
            "suggestion": suggestion,
            "form": form,
            "may_decide": may(request, May.DECIDE),
            "decisions": suggestion.decisions.all(),
        }
        return render(request, "admin/suggestion.html", context)
