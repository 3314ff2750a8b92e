"""Type-ahead: events, waiting stories and people by a few letters of their name."""

from __future__ import annotations

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from events.admin.site import may
from events.models import Event, May, Story, User

MOST = 8


def _words(request: HttpRequest) -> list[str]:
    text = request.GET.get("q", "")[:200]
    return ["".join(c for c in word if c.isalnum()) for word in text.split()]


def _answer(found: list[tuple[str, str]]) -> JsonResponse:
    return JsonResponse({"found": [{"value": value, "label": label} for value, label in found]})


@require_GET
def events(request: HttpRequest) -> JsonResponse:
    """Events whose titles have all the words, or whose id begins so; the newest first."""
    words = [word for word in _words(request) if word]
    if not words:
        return _answer([])
    titled = Q()
    for word in words:
        titled &= Q(title__icontains=word)
    asked = titled | Q(public_id__startswith=words[0].lower())
    found = Event.objects.exclude(status=Event.Status.MERGED).filter(asked)
    return _answer([(e.public_id, _label(e)) for e in found.order_by("-earliest", "-pk")[:MOST]])


def _label(event: Event) -> str:
    is_public = event.status == Event.Status.PUBLISHED
    return f"{event.title} · {event.date}{'' if is_public else f' · {event.status}'}"


@require_GET
def stories(request: HttpRequest) -> JsonResponse:
    """Waiting stories with all the words in their titles, the last one unfinished perhaps."""
    words = [word.lower() for word in _words(request) if word]
    if not words:
        return _answer([])
    query = SearchQuery(
        " & ".join(f"{word}:*" for word in words), config="simple", search_type="raw"
    )
    found = Story.objects.filter(state=Story.State.OPEN).annotate(
        words=SearchVector("title", config="simple")
    )
    matching = found.filter(words=query).order_by("-last_source_at", "-pk")[:MOST]
    return _answer([(str(s.pk), f"{s.title} · {s.source_count} sources") for s in matching])


@require_GET
def people(request: HttpRequest) -> JsonResponse:
    """Whoever has a role at the desk: for those who may give them stories."""
    if not may(request, May.DECIDE):
        raise PermissionDenied
    text = request.GET.get("q", "")[:150].replace("\x00", "")
    found = User.objects.filter(is_active=True, username__istartswith=text).exclude(role="")
    return _answer([(user.username, user.get_role_display()) for user in found[:MOST]])
