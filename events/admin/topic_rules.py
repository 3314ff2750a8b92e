"""Topic rules, and what they would do to what was received lately."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from events.admin.rights import DeskAdmin
from events.admin.site import may, person
from events.ingestion import topic_rules, workers
from events.models import Entry, May, TopicRule
from events.models.ids import row_number

DAYS = 7
MOST_DAYS = 90


@admin.register(TopicRule)
class TopicRuleAdmin(DeskAdmin):
    list_display = ("reason", "verdict", "scope", "fits", "position", "is_enabled")
    list_filter = ("verdict", "is_enabled")
    list_filter_submit = False
    list_select_related = ("feed",)
    search_fields = ("reason",)
    autocomplete_fields = ("feed", "actors")
    fields = (
        ("verdict", "reason"),
        "feed",
        ("position", "is_enabled"),
        "words",
        "phrases",
        "actors",
        "excluded",
    )
    short_fields = ("words", "phrases", "excluded")
    change_list_template = "admin/topic_rule_list.html"

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A rule is no part of the record; what it decided stands with each entry."""
        return may(request, May.DECIDE)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(rehearsal)
        return [path("rehearsal/", view, name="topic_rehearsal"), *super().get_urls()]

    @admin.display(description="for")
    def scope(self, rule: TopicRule) -> str:
        return str(rule.feed) if rule.feed else "all feeds"

    @admin.display(description="fits")
    def fits(self, rule: TopicRule) -> str:
        terms = [*rule.words, *rule.phrases]
        shown = ", ".join(terms[:6]) + (" …" if len(terms) > 6 else "")
        return shown or ("its actors" if rule.actors.exists() else "everything")


def rehearsal(request: HttpRequest) -> HttpResponse:
    """Show what the rules say of the last days; on POST have a worker apply them."""
    if not may(request, May.DECIDE):
        raise PermissionDenied
    asked = row_number(request.POST.get("days") or request.GET.get("days") or "")
    days = DAYS if asked is None else min(max(asked, 1), MOST_DAYS)
    if request.method == "POST":
        try:
            workers.ask_for_topics(days, person(request).pk)
            messages.success(request, f"The rules are being applied to the last {days} days.")
        except workers.Unreachable as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(f"{reverse('admin:topic_rehearsal')}?days={days}")
    found = topic_rules.rehearse(timezone.now() - datetime.timedelta(days=days))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": "What the topic rules would do",
        "days": days,
        "most_days": MOST_DAYS,
        "judged": found.judged,
        "rules": [
            (str(rule) if rule else "no rule fits: accepted", number)
            for rule, number in found.by_rule.most_common()
        ],
        "changes": [
            (
                Entry.State(before).label,
                Entry.State(after).label,
                number,
                found.samples[before, after],
            )
            for (before, after), number in found.changes.most_common()
        ],
    }
    return render(request, "admin/topic_rehearsal.html", context)
