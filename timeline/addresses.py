"""Addresses that one list names a hundred times: resolved once for each language."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse
from django.utils.translation import get_language


def list_path() -> str:
    return _reversed("timeline:event_list", get_language())


def event_path(public_id: str, slug: str) -> str:
    return f"{_before('timeline:event_redirect', get_language())}{public_id}/{slug}/"


def actor_path(slug: str) -> str:
    return f"{_before('timeline:actor_detail', get_language())}{slug}/"


@lru_cache
def _reversed(name: str, language: str | None, *arguments: str) -> str:
    return reverse(name, args=arguments)


def _before(name: str, language: str | None) -> str:
    """What an address has before its last part; slugs are never quoted."""
    return _reversed(name, language, "x").removesuffix("x/")
