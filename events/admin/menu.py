"""The desk's side menu: only what the signed-in person may open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from events.admin.site import may
from events.models import May

# title, icon, address name, query, right
ITEMS: dict[str, list[tuple[str, str, str, str, May]]] = {
    "Work": [
        ("Queue", "inbox", "admin:index", "", May.DRAFT),
        ("Add a source", "add_link", "admin:source_add", "", May.DRAFT),
        ("Suggestions", "mail", "admin:events_suggestion_changelist", "", May.DRAFT),
        (
            "Drafts",
            "edit_note",
            "admin:events_event_changelist",
            "?status__exact=draft",
            May.DRAFT,
        ),
    ],
    "Record": [
        ("Events", "event", "admin:events_event_changelist", "", May.DRAFT),
        ("Claims", "fact_check", "admin:events_claim_changelist", "", May.DRAFT),
        ("Sources", "article", "admin:events_source_changelist", "", May.DRAFT),
        ("Actors", "groups", "admin:events_actor_changelist", "", May.DRAFT),
        ("Publishers", "newspaper", "admin:events_publisher_changelist", "", May.DRAFT),
        ("Decisions", "gavel", "admin:events_decision_changelist", "", May.DRAFT),
        ("Public log", "receipt_long", "timeline:log", "", May.DRAFT),
        ("Revisions", "history", "admin:events_revision_changelist", "", May.DRAFT),
    ],
    "You": [
        ("Two-factor sign-in", "shield", "admin:two_factor", "", May.DRAFT),
        ("Sessions", "devices", "admin:sessions", "", May.DRAFT),
    ],
    "Machine": [
        ("People", "person", "admin:events_user_changelist", "", May.ADMINISTER),
        ("Feeds", "rss_feed", "admin:events_feed_changelist", "", May.DRAFT),
        (
            "Failing feeds",
            "rss_feed",
            "admin:events_feed_changelist",
            "?health=failing",
            May.DRAFT,
        ),
        (
            "Silent feeds",
            "rss_feed",
            "admin:events_feed_changelist",
            "?health=silent",
            May.DRAFT,
        ),
        ("Entries", "list_alt", "admin:events_entry_changelist", "", May.DRAFT),
        ("Topic rules", "rule", "admin:events_topicrule_changelist", "", May.DRAFT),
        ("Relevance", "tune", "admin:events_relevancerule_changelist", "", May.DRAFT),
    ],
}


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"title": title, "separator": True, "items": found}
        for title, items in ITEMS.items()
        if (found := [entry for item in items if (entry := _entry(request, *item))])
    ]


def _entry(
    request: HttpRequest, title: str, icon: str, name: str, query: str, right: May
) -> dict[str, Any] | None:
    if not may(request, right):
        return None
    try:
        link = reverse(name) + query
    except NoReverseMatch:
        return None
    return {"title": title, "icon": icon, "link": link, "active": _is_open(request, link)}


def _is_open(request: HttpRequest, link: str) -> bool:
    """Of two items that share an address, the one whose filter is on."""
    if request.get_full_path() == link:
        return True
    with_filter = {reverse(item[2]) + item[3] for items in ITEMS.values() for item in items}
    if "?" in link or request.get_full_path() in with_filter:
        return False
    is_start = link == reverse("admin:index")
    return request.path == link if is_start else request.path.startswith(link)
