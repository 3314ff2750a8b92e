"""The queue on one page: what waits at the left, the chosen story with its draft at the right.

Each view reads the form, takes one step of moderation and goes back to the queue. What could
not be done comes back on the same page, with everything that was typed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from events.admin import queue
from events.admin.draft_form import DraftForm
from events.admin.named import event_named
from events.admin.site import person
from events.drafting.proposal import ProposedEvent
from events.drafting.propose import propose_event
from events.models import Event, May, Source, Story, StoryMembership
from events.moderation import leases, stories
from events.moderation.step import ModerationError, step

View = Callable[..., HttpResponse]


def show_queue(
    request: HttpRequest, *, story: Story | None = None, form: DraftForm | None = None
) -> HttpResponse:
    """The page; `story` and `form` are given when a step failed and its form is shown again."""
    data = _back(request) if request.method == "POST" else request.GET
    options = queue.chosen(data)
    user = person(request)
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
        "counts": queue.count_waiting(),
        "choices": _choices(options),
        "may_decide": user.may(May.DECIDE),
        "now": timezone.now(),
        **(_story_context(story, page.stories, form=form) if story else {}),
    }
    return render(request, "admin/desk.html", context)


def _choices(options: dict[str, str]) -> list[dict[str, Any]]:
    """The filters as the template writes them: which value is chosen is said here."""
    known: list[tuple[str, str, str, list[tuple[str, str]]]] = [
        ("sort", "Order", "voices", [(name, label) for name, (label, _) in queue.SORTS.items()]),
        ("state", "State", "open", [(str(k), str(v)) for k, v in Story.State.choices]),
        ("age", "Age", "", [("", "any"), *queue.AGES.items()]),
        ("voices", "Publishers", "", [("", "any"), *queue.VOICES.items()]),
        ("held", "Held", "", [("", "by anybody"), *queue.HOLDERS.items()]),
        ("like", "Looks", "", [("", "like anything"), *queue.LIKE.items()]),
    ]
    return [
        {
            "name": name,
            "label": label,
            "values": [(v, text, v == options.get(name, default)) for v, text in values],
        }
        for name, label, default, values in known
    ]


def _chosen_story(wanted: str, page: list[Story]) -> Story | None:
    if not wanted:
        return page[0] if page else None
    if not wanted.isdigit():
        raise Http404("There is no such story.")
    found = Story.objects.select_related("assigned_to", "event", "merged_into", "looks_like")
    return get_object_or_404(found, pk=int(wanted))


def _story_context(story: Story, page: list[Story], *, form: DraftForm | None) -> dict[str, Any]:
    memberships = list(
        story.memberships.select_related("source__publisher").order_by("source__first_seen_at")
    )
    is_open = story.state == Story.State.OPEN
    proposal = propose_event(story) if is_open else None
    if proposal and form is None:
        form = DraftForm(proposal=proposal, sources=[m.source for m in memberships])
    ids = [other.pk for other in page]
    at = ids.index(story.pk) if story.pk in ids else -1
    return {
        "story": story,
        "is_open": is_open,
        "form": form if is_open else None,
        "proposal": proposal,
        "rows": _rows(memberships, form),
        "alike": _alike(story, proposal),
        "previous_id": ids[at - 1] if at > 0 else None,
        "next_id": ids[at + 1] if at + 1 < len(ids) else None,
        "reject_reasons": Story.RejectReason.choices,
        "decisions": story.decisions.select_related("by")[:10],
    }


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
            "why": _why(m),
        }
        for m in memberships
        if m.source.copy_of_id not in ids
    ]


def _why(membership: StoryMembership) -> str:
    """Why the machine put the source here, in words."""
    if membership.is_confirmed:
        return "put here by a person"
    said = [
        f"{name.replace('_', ' ')}: {', '.join(map(str, v)) if isinstance(v, list) else v}"
        for name, v in membership.signals.items()
    ]
    return "; ".join([f"score {membership.score:.2f}", *said]) if said else ""


def _alike(story: Story, proposal: ProposedEvent | None) -> list[dict[str, Any]]:
    """Events that may tell of the same happening, likeliest first, with the reasons."""
    likes = list(proposal.looks_like) if proposal else []
    events = Event.objects.in_bulk([like.event_id for like in likes])
    found = [
        {"event": events[like.event_id], "score": like.score, "why": ", ".join(like.reasons)}
        for like in likes
        if like.event_id in events
    ]
    if story.looks_like and story.looks_like_id not in events:
        found.append({"event": story.looks_like, "score": None, "why": ""})
    return found


def _back(request: HttpRequest) -> QueryDict:
    """Where on the queue the form was sent from."""
    return QueryDict(request.POST.get("back", ""))


def _to_queue(request: HttpRequest, *, story: Story | None = None) -> HttpResponse:
    options = queue.chosen(_back(request))
    query = urlencode({**options, **({"story": story.pk} if story else {})})
    return HttpResponseRedirect(reverse("admin:index") + (f"?{query}" if query else ""))


def _step(view: View) -> View:
    """A POST on one story: refusals are shown on its page."""

    @wraps(view)
    def wrapped(request: HttpRequest, pk: int) -> HttpResponse:
        story = get_object_or_404(Story.objects.select_related("assigned_to", "event"), pk=pk)
        try:
            return view(request, story)
        except ModerationError as error:
            messages.error(request, str(error))
            return show_queue(request, story=story)

    return require_POST(wrapped)


@_step
def promote(request: HttpRequest, story: Story) -> HttpResponse:
    sources = list(Source.objects.filter(membership__story=story))
    form = DraftForm(request.POST, proposal=propose_event(story), sources=sources)
    if not form.is_valid():
        messages.error(request, "Nothing was saved: see the marked fields.")
        return show_queue(request, story=story, form=form)
    try:
        event = stories.promote_story(
            story,
            form.draft(),
            by=person(request),
            reason=form.cleaned_data["reason"]
            or f"From {len(sources)} sources of story {story.pk}",
            publish=request.POST.get("then") == "publish",
        )
    except ModerationError as error:
        messages.error(request, str(error))
        return show_queue(request, story=story, form=form)
    _say(request, "Published" if event.status == Event.Status.PUBLISHED else "Drafted", event)
    return _to_queue(request)


@_step
def attach(request: HttpRequest, story: Story) -> HttpResponse:
    event = _named_event(request.POST.get("event", ""))
    stories.attach_story(story, event, by=person(request), reason=request.POST.get("reason", ""))
    _say(request, "Attached to", event)
    return _to_queue(request)


@_step
def reject(request: HttpRequest, story: Story) -> HttpResponse:
    stories.reject_story(
        story,
        by=person(request),
        why=request.POST.get("why", ""),
        reason=request.POST.get("reason", ""),
    )
    where = f"{reverse('admin:index')}?story={story.pk}"
    messages.success(request, format_html('Rejected <a href="{}">{}</a>.', where, story.title))
    return _to_queue(request)


@_step
def restore(request: HttpRequest, story: Story) -> HttpResponse:
    stories.restore_story(story, by=person(request), reason=request.POST.get("reason", ""))
    messages.success(request, f"“{story.title}” waits again.")
    return _to_queue(request, story=story)


@_step
def arrange(request: HttpRequest, story: Story) -> HttpResponse:
    """Split chosen sources off, move them to another story, or merge the whole story into it."""
    by, reason = person(request), request.POST.get("reason", "")
    chosen = list(Source.objects.filter(membership__story=story, pk__in=_chosen_ids(request)))
    how = request.POST.get("how", "")
    if how == "split":
        stories.split_story(story, chosen, by=by, reason=reason)
        messages.success(request, "Split off into a story of their own.")
        return _to_queue(request, story=story)
    target = _named_story(request.POST.get("story", ""))
    if how == "merge":
        stories.merge_stories(story, target, by=by, reason=reason)
    elif chosen:
        with step(by=by, reason=reason):
            for source in chosen:
                stories.move_source(source, target, by=by, reason=reason)
    else:
        raise ModerationError("Choose the sources to move.")
    messages.success(request, f"Arranged: see “{target.title}”.")
    return _to_queue(request, story=target)


def _chosen_ids(request: HttpRequest) -> list[int]:
    return [int(text) for text in request.POST.getlist("source") if text.isdigit()]


def _named_story(text: str) -> Story:
    digits = text.strip().removeprefix("#")
    story = Story.objects.filter(pk=int(digits)).first() if digits.isdigit() else None
    if story is None:
        raise ModerationError("Give the number of the other story, as its page shows it.")
    return story


@_step
def claim(request: HttpRequest, story: Story) -> HttpResponse:
    leases.claim_story(story, by=person(request), now=timezone.now())
    return _to_queue(request, story=story)


@_step
def release(request: HttpRequest, story: Story) -> HttpResponse:
    leases.release_story(story, by=person(request))
    return _to_queue(request, story=story)


def _named_event(text: str) -> Event:
    event = event_named(text)
    if event is None:
        raise ModerationError(
            f"No event is called “{text}”. Give its id, such as k7x2mpd, or its address."
        )
    return event


def _say(request: HttpRequest, done: str, event: Event) -> None:
    url = (
        event.get_absolute_url()
        if event.status == Event.Status.PUBLISHED
        else reverse("admin:events_event_change", args=[event.pk])
    )
    messages.success(request, format_html('{} <a href="{}">{}</a>.', done, url, event.title))
