"""The queue on one page: what waits at the left, the chosen story with its draft at the right."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from events.admin import queue
from events.admin.draft_form import DraftForm
from events.admin.site import person
from events.drafting.proposal import ProposedEvent
from events.drafting.propose import propose_event
from events.models import Event, May, Source, Story, StoryMembership, User
from events.models.event import CREATION_UNDONE
from events.models.ids import row_number
from events.moderation.undo import undoable


def show_queue(
    request: HttpRequest,
    *,
    story: Story | None = None,
    form: DraftForm | None = None,
    refusal: str = "",
) -> HttpResponse:
    """The page. When a step was refused its form is open again, with what was typed and why."""
    data = back_of(request) if request.method == "POST" else request.GET
    options = queue.chosen(data)
    user, now = person(request), timezone.now()
    page = queue.waiting(options, user=user)
    story = story or _chosen_story(data.get("story", ""), page.stories)
    base = urlencode(options)
    context = {
        **admin.site.each_context(request),
        "title": "Queue",
        "is_fullwidth": "1",
        "page": page,
        "options": options,
        "back": urlencode({**options, **({"story": story.pk} if story else {})}),
        "base": base,
        "is_named": request.method == "POST" or "story" in data,
        "counts": [(name, count, _lists()[name]) for name, count in queue.count_waiting()],
        "choices": choices(options),
        "narrowed": narrowed(options),
        "may_decide": user.may(May.DECIDE),
        "reject_reasons": Story.RejectReason.choices,
        "refusal": refusal,
        "refused": request.resolver_match.url_name if refusal and request.resolver_match else "",
        "typed": request.POST if refusal else {},
        "ticked": request.POST.getlist("source") if refusal else [],
        "now": now,
        "recent": now - datetime.timedelta(days=2),
        **(_story_context(story, page.stories, form=form, user=user) if story else {}),
    }
    return render(request, "admin/desk.html", context)


def _lists() -> dict[str, str]:
    """Where what is counted stands."""
    drafts = reverse("admin:events_event_changelist")
    suggestions = reverse("admin:events_suggestion_changelist")
    return {
        "stories": reverse("admin:index"),
        "drafts": f"{drafts}?status__exact=draft",
        "suggestions": f"{suggestions}?state__exact=waiting",
    }


def back_of(request: HttpRequest) -> QueryDict:
    """Where on the queue a form was sent from."""
    return QueryDict(request.POST.get("back", ""))


def choices(options: dict[str, str]) -> list[dict[str, Any]]:
    """The filters as the template writes them: which value is chosen is said here."""
    known: list[tuple[str, str, str, list[tuple[str, str]]]] = [
        ("sort", "Order", "voices", [(name, label) for name, (label, _) in queue.SORTS.items()]),
        ("state", "State", "open", [(str(k), str(v)) for k, v in Story.State.choices]),
        ("age", "Age", "", [("", "any"), *queue.AGES.items()]),
        ("voices", "Publishers", "", [("", "any number"), *queue.VOICES.items()]),
        ("held", "Held", "", [("", "by anybody"), *queue.HOLDERS.items()]),
        ("like", "Looks", "", [("", "like anything"), *queue.LIKE.items()]),
        ("about", "About", "", [("", "the AI race"), *queue.ABOUT.items()]),
    ]
    return [
        {
            "name": name,
            "label": label,
            "values": [(v, text, v == options.get(name, default)) for v, text in values],
        }
        for name, label, default, values in known
    ]


def narrowed(options: dict[str, str]) -> list[dict[str, str]]:
    """The filters that are on, each with the query that takes it off."""
    found = []
    for choice in choices(options):
        name = choice["name"]
        if name == "sort" or name not in options:
            continue
        text = next(text for _, text, is_chosen in choice["values"] if is_chosen)
        others = {k: v for k, v in options.items() if k not in (name, "after")}
        found.append({"text": f"{choice['label']}: {text}", "without": urlencode(others)})
    return found


def _chosen_story(wanted: str, page: list[Story]) -> Story | None:
    if not wanted:
        return page[0] if page else None
    number = row_number(wanted)
    if number is None:
        raise Http404("There is no such story.")
    found = Story.objects.select_related("assigned_to", "event", "merged_into", "looks_like")
    return get_object_or_404(found, pk=number)


def _story_context(
    story: Story, page: list[Story], *, form: DraftForm | None, user: User
) -> dict[str, Any]:
    memberships = list(
        story.memberships.select_related("source__publisher").order_by(
            "source__first_seen_at", "source_id"
        )
    )
    is_open = story.state == Story.State.OPEN
    sources = [m.source for m in memberships]
    proposal = propose_event(story, sources) if is_open else None
    events = events_named(proposal) if proposal else {}
    if proposal and form is None:
        form = DraftForm(proposal=proposal, sources=sources, events=events)
    ids = [other.pk for other in page]
    at = ids.index(story.pk) if story.pk in ids else -1
    decisions = list(story.decisions.all()[:10])
    return {
        "story": story,
        "is_open": is_open,
        "form": form if is_open else None,
        "proposal": proposal,
        "rows": _rows(memberships, form if is_open else None),
        "alike": _alike(story, proposal, events),
        "at": at + 1,
        "previous_id": ids[at - 1] if at > 0 else None,
        "next_id": ids[at + 1] if 0 <= at < len(ids) - 1 else None,
        "decisions": decisions,
        "undoable": undoable(decisions, by=user),
    }


def events_named(proposal: ProposedEvent) -> dict[int, Event]:
    """The events that a proposal speaks of, in one query."""
    ids = {like.event_id for like in proposal.looks_like}
    ids |= {relation.event_id for relation in proposal.relations}
    return Event.objects.in_bulk(ids)


def _rows(memberships: list[StoryMembership], form: DraftForm | None) -> list[dict[str, Any]]:
    """Originals, each with its copies folded under it and its field in the draft."""
    ids = {m.source_id for m in memberships}
    copies: dict[int, list[Source]] = defaultdict(list)
    for membership in memberships:
        original = membership.source.copy_of_id
        if original in ids and original is not None:
            copies[original].append(membership.source)
    return [
        {
            "membership": m,
            "source": m.source,
            "copies": copies[m.source_id],
            "field": form[f"cite-{m.source_id}"] if form else None,
            "why": why(m),
        }
        for m in memberships
        if m.source.copy_of_id not in ids
    ]


def why(membership: StoryMembership) -> str:
    """Why the machine put the source here, in words."""
    if membership.is_confirmed:
        return "put here by a person"
    signals = membership.signals
    if signals.get("first"):
        return "began the story"
    if original := signals.get("copy of"):
        return f"a copy of source {original}"
    said = ", ".join(map(str, signals.get("because", ())))
    weaker = f"; weaker: {signals['weaker']}" if "weaker" in signals else ""
    return f"same story because: {said or 'the texts are alike'}; {membership.score:.2f}{weaker}"


def _alike(
    story: Story, proposal: ProposedEvent | None, events: dict[int, Event]
) -> list[dict[str, Any]]:
    """Events that may tell of the same happening, likeliest first, with the reasons."""
    likes = list(proposal.looks_like) if proposal else []
    found: list[dict[str, Any]] = [
        {
            "event": events[like.event_id],
            "score": f"{like.score:.0%}",
            "why": ", ".join(like.reasons),
        }
        for like in likes
        if like.event_id in events
    ]
    if story.looks_like and story.looks_like_id not in {like.event_id for like in likes}:
        found.append({"event": story.looks_like, "score": "", "why": ""})
    takes = (Event.Status.DRAFT, Event.Status.PUBLISHED)
    for like in found:
        like["takes"] = like["event"].status in takes
    known = [like for like in found if like["event"].status_reason != CREATION_UNDONE]
    return sorted(known, key=lambda like: not like["takes"])
