"""Addresses of the public read side."""

from django.urls import URLPattern

app_name = "timeline"
urlpatterns: list[URLPattern] = []
