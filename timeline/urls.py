"""Addresses of the public read side."""

from django.urls import path

from timeline.views import actor, event, listing

app_name = "timeline"
urlpatterns = [
    path("", listing.event_list, name="event_list"),
    path("events/<slug:key>/", event.event_redirect, name="event_redirect"),
    path("events/<slug:public_id>/<slug:slug>/", event.event_detail, name="event_detail"),
    path("actors/", actor.actor_list, name="actor_list"),
    path("actors/<slug:slug>/", actor.actor_detail, name="actor_detail"),
    path("topics/<slug:tag>/", actor.topic_detail, name="topic_detail"),
    path("regions/<slug:code>/", actor.region_detail, name="region_detail"),
]
