"""The desk: Django's admin site with the queue as its start page and our roles at its door."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite

from events.models import May, User

NAME_LENGTH = 150  # User.username


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

    def clean(self) -> dict[str, Any]:
        """A name longer than any is nobody's; the table of failed attempts has no room for it."""
        if len(self.cleaned_data.get("username", "")) > NAME_LENGTH:
            raise self.get_invalid_login_error()
        given: dict[str, Any] = super().clean()
        return given

    def confirm_login_allowed(self, user: User) -> None:
        if not user.may(May.DRAFT):
            raise self.get_invalid_login_error()


# unfold is built with Alpine, which evaluates its attributes, and with style attributes. Both
# are allowed at the desk only; everything still comes from ourselves, and readers' pages keep
# the strict policy of the settings.
desk_policy = csp_update({"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]})


class DeskSite(UnfoldAdminSite):
    login_form = SignInForm
    login_template = "admin/desk_login.html"
    enable_nav_sidebar = True
    index_title = "Queue"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def asked_twice(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            from events.admin import two_factor  # noqa: PLC0415 - it imports this module

            if request.method == "POST" and not request.user.is_authenticated:
                return self.sign_in_again(request)
            if may(request, May.DRAFT) and two_factor.missing(request):
                if request.method == "POST":
                    return self.hold(request)
                return HttpResponseRedirect(two_factor.address(request))
            response: HttpResponseBase = inner(request, *args, **kwargs)
            return response

        return desk_policy(asked_twice)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        from events.admin import keeping  # noqa: PLC0415 - it needs the site

        kept = request.POST.get("kept", "")
        show: Any = desk_policy(super().login)
        response: HttpResponse = show(request, {**(extra_context or {}), "kept": kept})
        if kept and isinstance(response, HttpResponseRedirect):
            return keeping.hold(request, kept)
        return response

    def hold(self, request: HttpRequest) -> HttpResponse:
        """A form of somebody who still owes the second factor."""
        from events.admin import keeping  # noqa: PLC0415 - it needs the site

        return keeping.hold(request, keeping.keep(request))

    def sign_in_again(self, request: HttpRequest) -> HttpResponse:
        """The sign-in page, for a form that came when the session had ended."""
        from events.admin import keeping  # noqa: PLC0415 - it needs the site

        context = {
            **self.each_context(request),
            "title": "Log in",
            "form": SignInForm(request),
            "app_path": reverse("admin:login"),
            "kept": keeping.keep(request),
        }
        return TemplateResponse(request, "admin/desk_login.html", context, status=401)

    def has_permission(self, request: HttpRequest) -> bool:
        return may(request, May.DRAFT)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        from events.admin import queue_page  # noqa: PLC0415 - it imports this module

        return queue_page.show_queue(request)

    def extra_urls(self) -> list[URLPattern]:
        from events.admin import (  # noqa: PLC0415 - they import this module
            conflicts,
            dates,
            desk,
            event_steps,
            keeping,
            lookup,
            revisions,
            sessions,
            sources,
            two_factor,
            undoing,
        )

        def at(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
            pattern: URLPattern = path(route, self.admin_view(view), name=name)
            return pattern

        return [
            path("two-factor/", two_factor.two_factor, name="two_factor"),
            path("two-factor/off/", two_factor.turn_off, name="two_factor_off"),
            at("kept/", keeping.show_kept, "kept"),
            at("sessions/", sessions.show_sessions, "sessions"),
            at("sessions/<int:pk>/end/", sessions.end_session, "session_end"),
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
            at("stories/<int:pk>/arrange/", desk.arrange, "story_arrange"),
            at("stories/<int:pk>/claim/", desk.claim, "story_claim"),
            at("stories/<int:pk>/release/", desk.release, "story_release"),
            at("stories/<int:pk>/assign/", desk.assign, "story_assign"),
            at("stories/reject/", desk.reject_many, "stories_reject"),
            at("undo/", undoing.undo_steps, "undo_steps"),
            at("lookup/events/", lookup.events, "lookup_events"),
            at("lookup/stories/", lookup.stories, "lookup_stories"),
            at("lookup/people/", lookup.people, "lookup_people"),
        ]
