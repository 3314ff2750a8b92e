"""Addresses of the public read side."""

from django.contrib.sitemaps.views import index as sitemap_index
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path, re_path

from timeline.reuse import editions
from timeline.reuse import views as reuse
from timeline.syndication import crawlers
from timeline.syndication import views as syndication
from timeline.syndication.answering import public_file
from timeline.views import (
    about,
    actor,
    api,
    claims,
    embed,
    event,
    follow,
    listing,
    live,
    log,
    race,
    watching,
)

XML_FILE = public_file("application/xml", "text/xml", "text/plain")
SITEMAP_INDEX = {"sitemaps": crawlers.SITEMAPS, "sitemap_url_name": "timeline:sitemap"}

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
    path("log/", log.log, name="log"),
    path("log/feed.atom", log.log_feed, name="log_feed"),
    path("about/", about.about, name="about"),
    path("card.png", about.card, name="card"),
    path("favicon.ico", about.favicon, name="favicon"),
    path("embed/", embed.embed_list, name="embed_list"),
    path("embed/events/<slug:public_id>/", embed.embed_event, name="embed_event"),
    path("oembed/", embed.oembed, name="oembed"),
    path("feeds/watched/", watching.watched, name="watched"),
    path("feeds/watched.opml", watching.watched_opml, name="watched_opml"),
    path("actors/", actor.actor_list, name="actor_list"),
    path("actors/<slug:slug>/", actor.actor_detail, name="actor_detail"),
    path("topics/<slug:tag>/", actor.topic_detail, name="topic_detail"),
    path("follow/", follow.follow, name="follow"),
    re_path(r"^calendar/(events|ahead)\.ics$", syndication.calendar, name="calendar"),
    path("sitemap.xml", XML_FILE(sitemap_index), SITEMAP_INDEX, name="sitemap_index"),
    path(
        "sitemap-<section>.xml",
        XML_FILE(sitemap),
        {"sitemaps": crawlers.SITEMAPS},
        name="sitemap",
    ),
    path("robots.txt", crawlers.robots, name="robots"),
    path("humans.txt", crawlers.humans, name="humans"),
    path(".well-known/security.txt", crawlers.security, name="security"),
    path("data/editions.json", editions.edition_list, name="edition_list"),
    path("data/editions/<int:number>/<str:name>", editions.edition_file, name="edition_file"),
    path("data/schema.json", reuse.schema, name="data_schema"),
    path("data/events.sqlite", reuse.sqlite, name="data_sqlite"),
    re_path(r"^data/events\.(jsonl|csv|timeline\.json)$", reuse.file, name="data_file"),
    path("api/", api.api, name="api_page"),
    path("api/v1/", include("timeline.api.urls")),
    re_path(
        r"^feeds/(events|changes)\.(atom|rss|json)$",
        syndication.feed,
        name="feed",
    ),
    path("regions/<slug:code>/", actor.region_detail, name="region_detail"),
]
