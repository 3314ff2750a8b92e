"""A draft exactly as readers will see it, for those at the desk only.

It stands here because it joins both sides: the desk knows nobody of the timeline.
"""

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from events.models import Event
from timeline.dossier import dossier_of


@never_cache
def preview_event(request: HttpRequest, pk: int) -> HttpResponse:
    if not admin.site.has_permission(request):
        return redirect_to_login(request.get_full_path())
    event = get_object_or_404(Event, pk=pk)
    return render(request, "timeline/event_detail.html", {"dossier": dossier_of(event)})
