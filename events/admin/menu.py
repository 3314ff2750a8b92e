"""The desk's side menu: only what the signed-in person may open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

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
    shown = {
        title: [(*item[:2], reverse(item[2]) + item[3]) for item in items if may(request, item[4])]
        for title, items in ITEMS.items()
    }
    links = {link for items in shown.values() for _, _, link in items}
    here = _open_link(request, links)
    return [
        {
            "title": title,
            "separator": True,
            "items": [
                {"title": name, "icon": icon, "link": link, "active": link == here}
                for name, icon, link in items
            ],
        }
        for title, items in shown.items()
        if items
    ]


def _open_link(request: HttpRequest, links: set[str]) -> str:
    """The item that is open: of two that share an address, the one whose filter is on."""
    if request.get_full_path() in links:
        return request.get_full_path()
    above = [link for link in links if request.path.startswith(link)]
    found = max(above, key=len, default="")
    is_start = found == reverse("admin:index") and request.path != found
    return "" if is_start else found
