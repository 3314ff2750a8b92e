"""What happened to published events afterwards: corrections, retractions, merges."""

from __future__ import annotations

from django.db.models import Q
from django.template.loader import render_to_string

from events.models import Decision, Event
from timeline import labels
from timeline.cards import event_url
from timeline.filters import Filter
from timeline.markdown import plain
from timeline.queries import Place, events_for
from timeline.syndication.ids import absolute, change_tag, event_tag
from timeline.syndication.items import Category, Item

# Publication itself is what the feed of events tells.
FIRST_STEPS = (
    Decision.Action.IMPORT,
    Decision.Action.DRAFT,
    Decision.Action.PROMOTE,
    Decision.Action.PUBLISH,
)


def changes_after(
    filter: Filter, after: Place | None, size: int
) -> tuple[list[Item], Place | None]:
    """`size` public decisions about events of the filter, newest first, and where to go on."""
    events = events_for(filter, among=Event.objects.once_public()).order_by()
    decisions = (
        Decision.objects.filter(is_public=True, event__in=events.values("pk"))
        .exclude(action__in=FIRST_STEPS)
        .select_related("event__merged_into")
        .order_by("-at", "-id")
    )
    if after:
        decisions = decisions.filter(Q(at__lt=after.at) | Q(at=after.at, pk__lt=after.pk))
    found = list(decisions[: size + 1])
    shown = found[:size]
    last = shown[-1] if len(found) > size else None
    return [_item(d) for d in shown], Place(last.at.isoformat(), 0, last.pk) if last else None


def _item(decision: Decision) -> Item:
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
        summary=str(context["reason"]),
        content=render_to_string("timeline/syndication/change.html", context),
        published=decision.at,
        updated=decision.at,
        edtf=event.date,
        categories=[Category(decision.action, action)],
        details={"event": event_tag(event), "action": decision.action, "status": event.status},
    )
