"""What is done with stories on the queue page.

Each view reads the form, takes one step of moderation and goes on to the next story, with a line
that says what was done and takes it back. What could not be done comes back on the same page,
with everything that was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from events.admin import queue
from events.admin.draft_form import DraftForm
from events.admin.named import event_named
from events.admin.queue_page import back_of, show_queue
from events.admin.site import person
from events.admin.undoing import say_done
from events.drafting.propose import propose_event
from events.models import Event, Source, Story, User
from events.models.ids import row_number, row_numbers
from events.moderation import leases, stories
from events.moderation.step import ModerationError, noted, step


@dataclass(frozen=True)
class Done:
    """What to say, and the story to show next: None is the one after this."""

    said: str | SafeString = ""
    story: Story | None = None


View = Callable[[HttpRequest, Story], Done]


class _WrongDraftError(ModerationError):
    """The draft's form comes back with what was typed."""

    def __init__(self, message: str, form: DraftForm) -> None:
        super().__init__(message)
        self.form = form


def _step(view: View) -> Callable[..., HttpResponse]:
    """A POST on one story: refusals are shown on its page."""

    @wraps(view)
    def wrapped(request: HttpRequest, pk: int) -> HttpResponse:
        story = get_object_or_404(Story.objects.select_related("assigned_to", "event"), pk=pk)
        try:
            with noted() as decisions:
                done = view(request, story)
        except ModerationError as error:
            messages.error(request, str(error))
            form = getattr(error, "form", None)
            return show_queue(request, story=story, form=form, refusal=str(error))
        if done.said:
            say_done(request, done.said, decisions)
        return _to_queue(request, done.story)

    return require_POST(wrapped)


def _to_queue(request: HttpRequest, story: Story | None) -> HttpResponse:
    options = queue.chosen(back_of(request))
    following = row_number(request.POST.get("next", ""))
    if story is not None:
        options["story"] = str(story.pk)
    elif following is not None:
        options["story"] = str(following)
    query = urlencode(options)
    return HttpResponseRedirect(reverse("admin:index") + (f"?{query}" if query else ""))


@_step
def promote(request: HttpRequest, story: Story) -> Done:
    sources = list(Source.objects.filter(membership__story=story))
    form = DraftForm(request.POST, proposal=propose_event(story), sources=sources)
    if not form.is_valid():
        raise _WrongDraftError("Nothing was saved: see the marked fields.", form)
    reason = form.cleaned_data["reason"] or f"From {len(sources)} sources of story {story.pk}"
    publish = request.POST.get("then") == "publish"
    try:
        event = stories.promote_story(
            story, form.draft(), by=person(request), reason=reason, publish=publish
        )
    except ModerationError as error:
        raise _WrongDraftError(str(error), form) from error
    return Done(_linked("Published" if publish else "Drafted", event))


@_step
def attach(request: HttpRequest, story: Story) -> Done:
    event = _named_event(request.POST.get("event", ""))
    stories.attach_story(story, event, by=person(request), reason=request.POST.get("reason", ""))
    return Done(_linked("Attached to", event))


@_step
def reject(request: HttpRequest, story: Story) -> Done:
    why, reason = request.POST.get("why", ""), request.POST.get("reason", "")
    stories.reject_story(story, by=person(request), why=why, reason=reason)
    where = f"{reverse('admin:index')}?story={story.pk}"
    return Done(format_html('Rejected <a href="{}">{}</a>.', where, story.title))


@require_POST
def reject_many(request: HttpRequest) -> HttpResponse:
    """Turn down all the stories that were ticked in the list, for one reason: all or none."""
    ids = row_numbers(request.POST.getlist("story"))
    wanted = list(Story.objects.filter(pk__in=ids))
    why, reason = request.POST.get("why", ""), request.POST.get("reason", "")
    try:
        if not wanted:
            raise ModerationError("Tick the stories to reject.")
        with noted() as decisions:
            stories.reject_stories(wanted, by=person(request), why=why, reason=reason)
    except ModerationError as error:
        messages.error(request, str(error))
        return show_queue(request, refusal=str(error))
    many = "1 story" if len(wanted) == 1 else f"{len(wanted)} stories"
    say_done(request, f"Rejected {many}.", decisions)
    return _to_queue(request, None)


@_step
def restore(request: HttpRequest, story: Story) -> Done:
    stories.restore_story(story, by=person(request), reason=request.POST.get("reason", ""))
    return Done(f"“{story.title}” waits again.", story)


@_step
def arrange(request: HttpRequest, story: Story) -> Done:
    """Split chosen sources off, move them to another story, or merge the whole story into it."""
    by, reason = person(request), request.POST.get("reason", "")
    ids = row_numbers(request.POST.getlist("source"))
    chosen = list(Source.objects.filter(membership__story=story, pk__in=ids))
    how = request.POST.get("how", "")
    if how == "split":
        other = stories.split_story(story, chosen, by=by, reason=reason)
        return Done(_to_story("Split off:", other), story)
    target = _named_story(request.POST.get("story", ""))
    if how == "merge":
        stories.merge_stories(story, target, by=by, reason=reason)
        return Done(_to_story("Merged into", target), target)
    if not chosen:
        raise ModerationError("Tick the sources to move.")
    with step(by=by, reason=reason):
        for source in chosen:
            stories.move_source(source, target, by=by, reason=reason)
    story.refresh_from_db()
    is_left = story.state == Story.State.OPEN
    return Done(_to_story("Moved to", target), story if is_left else target)


def _to_story(said: str, story: Story) -> SafeString:
    where = f"{reverse('admin:index')}?story={story.pk}"
    return format_html('{} <a href="{}">{}</a>.', said, where, story.title)


def _named_story(text: str) -> Story:
    number = row_number(text.strip().removeprefix("#"))
    story = None if number is None else Story.objects.filter(pk=number).first()
    if story is None:
        raise ModerationError("Give the number of the other story, as its page shows it.")
    return story


@_step
def claim(request: HttpRequest, story: Story) -> Done:
    leases.claim_story(story, by=person(request), now=timezone.now())
    return Done(story=story)


@_step
def release(request: HttpRequest, story: Story) -> Done:
    leases.release_story(story, by=person(request))
    return Done(story=story)


@_step
def assign(request: HttpRequest, story: Story) -> Done:
    name = request.POST.get("to", "").replace("\x00", "").strip()
    to = User.objects.filter(username=name).first()
    if to is None:
        raise ModerationError(f"Nobody here is called “{name}”. Give the name of an account.")
    leases.assign_story(story, to=to, by=person(request), now=timezone.now())
    messages.success(request, f"“{story.title}” is {to}’s until tomorrow.")
    return Done(story=story)


def _named_event(text: str) -> Event:
    event = event_named(text)
    if event is None:
        raise ModerationError(
            f"No event is called “{text}”. Give its id, such as k7x2mpd, or its address."
        )
    return event


def _linked(done: str, event: Event) -> SafeString:
    url = (
        event.get_absolute_url()
        if event.status == Event.Status.PUBLISHED
        else reverse("admin:events_event_change", args=[event.pk])
    )
    return format_html('{} <a href="{}">{}</a>.', done, url, event.title)
