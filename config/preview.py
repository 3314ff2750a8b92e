"""A draft exactly as readers will see it, for those at the desk only.

It stands here because it joins both sides: the desk knows nobody of the timeline.
"""

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from events.admin import two_factor
from events.models import Event
from timeline.dossier import dossier_of


@never_cache
def preview_event(request: HttpRequest, pk: int) -> HttpResponse:
    if not admin.site.has_permission(request):
        return redirect_to_login(request.get_full_path())
    if two_factor.missing(request):
        return HttpResponseRedirect(two_factor.address(request))
    event = get_object_or_404(Event, pk=pk)
    return render(request, "timeline/event_detail.html", {"dossier": dossier_of(event)})
