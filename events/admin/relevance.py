"""The one row that says how sure the machine must be that a story is about the AI race."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from events.admin.rights import DeskAdmin
from events.models import May, RelevanceRule, Story


@admin.register(RelevanceRule)
class RelevanceRuleAdmin(DeskAdmin):
    list_display = ("__str__", "sample_every", "dropped_now", "changed_at")
    fields = (("threshold", "sample_every"), "dropped_now")
    readonly_fields = ("dropped_now",)
    add_right = change_right = May.ADMINISTER

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not RelevanceRule.objects.exists()

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        rule: Any = obj
        rule.pk, rule.changed_at = 1, timezone.now()
        super().save_model(request, rule, form, change)

    @admin.display(description="open stories below it")
    def dropped_now(self, rule: RelevanceRule) -> int:
        waiting = Story.objects.filter(state=Story.State.OPEN)
        return waiting.filter(relevance__lt=rule.threshold).count()
