"""What is polled and what came of it: feeds with their health, polls, entries as received."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from events.admin import feed_screens
from events.admin.rights import DeskAdmin, ReadOnlyAdmin
from events.admin.site import may
from events.ingestion import health, workers
from events.models import Entry, Feed, FeedRun, May

NAMES: dict[health.State, str] = {
    "failing": "failing",
    "silent": "silent",
    "waiting": "waits for its first poll",
    "well": "well",
    "off": "off",
}


def health_of(feed: Feed, now: datetime.datetime) -> health.Health:
    return health.judge(
        health.Facts(
            is_enabled=feed.is_enabled,
            last_polled_at=feed.last_polled_at,
            last_success_at=feed.last_success_at,
            failure_count=feed.failure_count,
            last_error=feed.last_error,
            newest_entry_at=feed.newest_entry_at,
            usual_gap=feed.usual_gap,
        ),
        now,
    )


def having(state: health.State, now: datetime.datetime) -> Q:
    """The feeds in this state, as the database finds them: health.judge in SQL."""
    is_failing = Q(failure_count__gte=health.FAILING_AFTER)
    is_polled = Q(is_enabled=True, last_polled_at__isnull=False)
    is_quiet = Q(newest_entry_at__lt=now - health.SILENT_AT_LEAST) & Q(
        newest_entry_at__lt=now - health.SILENT_GAPS * F("usual_gap")
    )
    found: dict[health.State, Q] = {
        "off": Q(is_enabled=False),
        "waiting": Q(is_enabled=True, last_polled_at__isnull=True),
        "failing": is_polled & is_failing,
        "silent": is_polled & ~is_failing & is_quiet,
        "well": is_polled
        & ~is_failing
        & (Q(newest_entry_at__isnull=True) | Q(usual_gap__isnull=True) | ~is_quiet),
    }
    return found[state]


class HealthFilter(admin.SimpleListFilter):
    title = "health"
    parameter_name = "health"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(state), name) for state, name in NAMES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Feed]) -> QuerySet[Feed]:
        now = timezone.now()
        wanted = next((state for state in NAMES if state == self.value()), None)
        return queryset.filter(having(wanted, now)) if wanted else queryset


@admin.register(Feed)
class FeedAdmin(DeskAdmin):
    add_right = May.ADMINISTER
    change_right = May.ADMINISTER
    list_display = ("name", "health", "why", "polled", "next_poll", "poll_now")
    list_filter = (HealthFilter, "kind", "lang")
    list_filter_submit = False
    list_select_related = ("publisher",)
    search_fields = ("title", "url", "publisher__name")
    autocomplete_fields = ("publisher",)
    short_fields = ("topics", "note")
    fields = (
        ("title", "is_enabled"),
        "url",
        "publisher",
        "homepage",
        ("kind", "lang"),
        "topics",
        "note",
        "state",
        "polls",
    )
    readonly_fields = ("state", "polls")
    actions = ("poll_chosen", "switch_on", "switch_off")
    change_list_template = "admin/feed_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feed]:
        feeds: QuerySet[Feed] = super().get_queryset(request)
        return feeds.order_by("-is_enabled", "-failure_count", "title", "pk")

    def get_urls(self) -> list[URLPattern]:
        def at(route: str, view: Any, name: str) -> URLPattern:
            pattern: URLPattern = path(route, self.admin_site.admin_view(view), name=name)
            return pattern

        return [
            at("subscribe/", feed_screens.subscribe, "feed_subscribe"),
            at("opml/", feed_screens.import_opml, "feed_opml"),
            at("opml/progress/", feed_screens.opml_progress, "feed_opml_progress"),
            at("export.opml", feed_screens.export_opml, "feed_export"),
            at("<int:pk>/poll/", feed_screens.poll, "feed_poll"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A feed is added by being read: see feed_screens.subscribe."""
        return HttpResponseRedirect(reverse("admin:feed_subscribe"))

    @admin.display(description="feed", ordering="title")
    def name(self, feed: Feed) -> str:
        return feed.title or feed.url

    @admin.display(description="health")
    def health(self, feed: Feed) -> str:
        return NAMES[health_of(feed, timezone.now()).state]

    @admin.display(description="why")
    def why(self, feed: Feed) -> str:
        return health_of(feed, timezone.now()).reason

    @admin.display(description="last poll", ordering="last_polled_at")
    def polled(self, feed: Feed) -> str:
        at = feed.last_polled_at
        return f"{health.span(timezone.now() - at)} ago" if at else "–"

    @admin.display(description="next poll", ordering="next_poll_at")
    def next_poll(self, feed: Feed) -> str:
        if not feed.is_enabled:
            return "–"
        wait = feed.next_poll_at - timezone.now()
        return f"in {health.span(wait)}" if wait > datetime.timedelta() else "due"

    def save_model(self, request: HttpRequest, obj: Feed, form: Any, change: bool) -> None:
        """Another address is another document: nothing of the old one's answers counts for it."""
        if change and "url" in form.changed_data:
            obj.etag = obj.last_modified = obj.body_hash = obj.moved_to = ""
            obj.moved_since = obj.claimed_until = None
            obj.next_poll_at = timezone.now()
        super().save_model(request, obj, form, change)

    @admin.display(description="")
    def poll_now(self, feed: Feed) -> SafeString:
        return format_html('<a href="{}">poll now</a>', reverse("admin:feed_poll", args=[feed.pk]))

    @admin.display(description="state")
    def state(self, feed: Feed) -> SafeString:
        found = health_of(feed, timezone.now())
        return format_html(
            "{}: {} <br>Asked every {}{}.",
            NAMES[found.state],
            found.reason,
            health.span(feed.interval),
            f"; last answer HTTP {feed.last_status}" if feed.last_status else "",
        )

    @admin.display(description="polls")
    def polls(self, feed: Feed) -> SafeString:
        return format_html(
            '<a href="{}">Poll now</a> · <a href="{}?feed__id__exact={}">polls of 30 days</a> · '
            '<a href="{}?feed__id__exact={}">entries</a>',
            reverse("admin:feed_poll", args=[feed.pk]),
            reverse("admin:events_feedrun_changelist"),
            feed.pk,
            reverse("admin:events_entry_changelist"),
            feed.pk,
        )

    @admin.action(description="Poll now")
    def poll_chosen(self, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
        if not may(request, May.DECIDE):
            messages.error(request, "Polling is for moderators.")
            return
        try:
            for feed in feeds:
                workers.ask_for_poll(feed.pk)
        except workers.Unreachable as error:
            messages.error(request, str(error))
            return
        messages.success(request, f"{feeds.count()} feeds are being polled: look again shortly.")

    @admin.action(description="Switch on", permissions=["change"])
    def switch_on(self, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
        number = feeds.update(is_enabled=True, next_poll_at=timezone.now())
        messages.success(request, f"{number} feeds are polled from now on.")

    @admin.action(description="Switch off", permissions=["change"])
    def switch_off(self, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
        messages.success(request, f"{feeds.update(is_enabled=False)} feeds are no longer polled.")


@admin.register(FeedRun)
class FeedRunAdmin(ReadOnlyAdmin):
    list_display = ("feed", "started_at", "outcome", "status", "brought", "error")
    list_filter = ("outcome",)
    list_select_related = ("feed",)
    date_hierarchy = "started_at"

    @admin.display(description="entries")
    def brought(self, run: FeedRun) -> str:
        counts = {
            "new": run.new,
            "updated": run.updated,
            "known": run.known,
            "rejected": run.rejected,
        }
        return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "–"


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("title", "feed", "state", "reason", "matched_by", "published_at", "origin")
    list_filter = ("state", "matched_by")
    list_select_related = ("feed", "source")
    search_fields = ("=url", "=canonical_url", "=guid_key", "title")
    exclude = ("old_titles",)
    readonly_fields = ("earlier_titles",)

    @admin.display(description="earlier titles")
    def earlier_titles(self, entry: Entry) -> str | SafeString:
        rows = ((old["title"], old["until"][:16].replace("T", " ")) for old in entry.old_titles)
        return format_html_join(mark_safe("<br>"), "{} (until {})", rows) or "–"

    @admin.display(description="source")
    def origin(self, entry: Entry) -> str | SafeString:
        if entry.source_id is None:
            return "–"
        url = reverse("admin:events_source_change", args=[entry.source_id])
        return format_html('<a href="{}">source {}</a>', url, entry.source_id)
