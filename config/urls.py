"""All addresses of the site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("timeline.urls")),
]

handler404 = "timeline.views.errors.not_found"
handler500 = "timeline.views.errors.server_error"
