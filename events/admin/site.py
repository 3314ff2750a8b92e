"""The desk: Django's admin site with the queue as its start page and our roles at its door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite

from events.models import May, User


def person(request: HttpRequest) -> User:
    """Who is signed in; the site lets nobody else through."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def may(request: HttpRequest, what: May) -> bool:
    """False for whoever is not signed in: the sign-in page asks too."""
    return isinstance(request.user, User) and request.user.may(what)


class SignInForm(AuthenticationForm):
    """Django's asks for `is_staff`; here whoever has a role at the desk may sign in."""

    def confirm_login_allowed(self, user: User) -> None:
        if not user.may(May.DRAFT):
            raise self.get_invalid_login_error()


# unfold is built with Alpine, which evaluates its attributes, and with style attributes. Both
# are allowed at the desk only; everything still comes from ourselves, and readers' pages keep
# the strict policy of the settings.
desk_policy = csp_update({"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]})


class DeskSite(UnfoldAdminSite):
    login_form = SignInForm
    enable_nav_sidebar = True
    index_title = "Queue"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return desk_policy(super().admin_view(view, cacheable))

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        show: Any = desk_policy(super().login)
        response: HttpResponse = show(request, extra_context)
        return response

    def has_permission(self, request: HttpRequest) -> bool:
        return may(request, May.DRAFT)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        from events.admin import desk  # noqa: PLC0415 - it imports this module

        return desk.show_queue(request)

    def extra_urls(self) -> list[URLPattern]:
        from events.admin import conflicts, dates, desk, event_steps, revisions, sources  # noqa: PLC0415 - they import this

        def at(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
            pattern: URLPattern = path(route, self.admin_view(view), name=name)
            return pattern

        return [
            at("dates/understood/", dates.understood, "date_understood"),
            at("events/<int:pk>/merge/", event_steps.merge, "event_merge"),
            at("events/<int:pk>/correct/", event_steps.correct, "event_correct"),
            at("sources/add/", sources.add, "source_add"),
            at("sources/<int:pk>/promote/", sources.promote, "source_promote"),
            at("conflicts/<int:pk>/", conflicts.resolve, "event_resolve"),
            at("events/<int:pk>/revisions/", revisions.show_revisions, "event_revisions"),
            at("events/<int:pk>/revisions/restore/", revisions.restore, "event_revision_restore"),
            at("decisions/<int:pk>/undo/", revisions.undo_decision, "decision_undo"),
            at("stories/<int:pk>/promote/", desk.promote, "story_promote"),
            at("stories/<int:pk>/attach/", desk.attach, "story_attach"),
            at("stories/<int:pk>/reject/", desk.reject, "story_reject"),
            at("stories/<int:pk>/restore/", desk.restore, "story_restore"),
            at("stories/<int:pk>/claim/", desk.claim, "story_claim"),
            at("stories/<int:pk>/release/", desk.release, "story_release"),
        ]
