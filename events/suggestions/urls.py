"""Addresses of what readers send in."""

from django.urls import path

from events.suggestions import views

app_name = "suggestions"
urlpatterns = [
    path("suggest/", views.suggest, name="suggest"),
    path("suggestions/<str:token>/", views.status, name="status"),
]
