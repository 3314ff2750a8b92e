"""Addresses of the public read side."""

from django.urls import path, re_path

from timeline.syndication import views as syndication
from timeline.views import about, actor, claims, embed, event, listing, live, race

app_name = "timeline"
urlpatterns = [
    path("", listing.event_list, name="event_list"),
    path("events/<slug:key>/", event.event_redirect, name="event_redirect"),
    path("events/<slug:public_id>/<slug:slug>/", event.event_detail, name="event_detail"),
    path("events/<slug:public_id>/<slug:slug>/history/", event.event_history, name="event_history"),
    path(
        "events/<slug:public_id>/<slug:slug>/cite.<str:format>", event.event_cite, name="event_cite"
    ),
    path("events/<slug:public_id>/<slug:slug>/card.png", event.event_card, name="event_card"),
    path("e/<slug:key>", event.event_redirect, name="short"),
    path("live/", live.live, name="live"),
    path("race/", race.race, name="race"),
    path("claims/", claims.claim_list, name="claim_list"),
    path("about/", about.about, name="about"),
    path("embed/", embed.embed_list, name="embed_list"),
    path("embed/events/<slug:public_id>/", embed.embed_event, name="embed_event"),
    path("oembed/", embed.oembed, name="oembed"),
    path("actors/", actor.actor_list, name="actor_list"),
    path("actors/<slug:slug>/", actor.actor_detail, name="actor_detail"),
    path("topics/<slug:tag>/", actor.topic_detail, name="topic_detail"),
    re_path(
        r"^feeds/(events|changes)\.(atom|rss|json)$",
        syndication.feed,
        name="feed",
    ),
    path("regions/<slug:code>/", actor.region_detail, name="region_detail"),
]
