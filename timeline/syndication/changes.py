"""What happened to published events afterwards: corrections, retractions, merges."""

from __future__ import annotations

from django.db.models import QuerySet
from django.template.loader import render_to_string

from events.models import Decision, Event
from timeline import labels
from timeline.cards import event_url
from timeline.filters import Filter
from timeline.markdown import plain
from timeline.queries import events_for
from timeline.syndication.ids import absolute, change_tag, event_tag
from timeline.syndication.items import Category, Item

# Publication itself is what the feed of events tells.
FIRST_STEPS = (
    Decision.Action.IMPORT,
    Decision.Action.DRAFT,
    Decision.Action.PROMOTE,
    Decision.Action.PUBLISH,
)


def changes_for(filter: Filter) -> QuerySet[Decision]:
    """Public decisions about events of the filter, after they were published."""
    events = events_for(filter, among=Event.objects.once_public()).order_by()
    decisions = Decision.objects.filter(is_public=True, event__in=events.values("pk"))
    return decisions.exclude(action__in=FIRST_STEPS).select_related("event__merged_into")


def change_item(decision: Decision) -> Item:
    event = decision.event
    assert event
    action = labels.word(labels.ACTIONS, decision.action)
    target = event.merged_into
    context = {
        "action": action,
        "title": plain(event.title),
        "url": absolute(event_url(event)),
        "reason": plain(decision.reason or event.status_reason),
        "target": plain(target.title) if target else "",
        "target_url": absolute(event_url(target)) if target else "",
    }
    return Item(
        id=change_tag(decision),
        url=absolute(event_url(event)) + f"#decision-{decision.pk}",
        title=f"{action}: {plain(event.title)}",
        summary=str(context["reason"]) or f"{action}: {plain(event.title)}",
        content=render_to_string("timeline/syndication/change.html", context),
        published=decision.at,
        updated=decision.at,
        edtf=event.date,
        categories=[Category(decision.action, action)],
        details={"event": event_tag(event), "action": decision.action, "status": event.status},
    )
