"""All addresses of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from config.preview import preview_edit, preview_event, preview_story, preview_summary

urlpatterns = [
    path("admin/preview/<int:pk>/", preview_event, name="preview_event"),
    path("admin/preview/edit/<int:pk>/", preview_edit, name="preview_edit"),
    path("admin/preview/story/<int:pk>/", preview_story, name="preview_story"),
    path("admin/preview/summary/", preview_summary, name="preview_summary"),
    path("admin/", admin.site.urls),
    # English at the root, Chinese under /zh-hans/ (timeline/languages.py).
    *i18n_patterns(
        path("", include("events.suggestions.urls")),
        path("", include("timeline.urls")),
        prefix_default_language=False,
    ),
]

handler404 = "timeline.views.errors.not_found"
handler500 = "timeline.views.errors.server_error"
