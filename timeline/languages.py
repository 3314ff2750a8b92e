"""The language of a page is part of its address: nothing to negotiate, so one answer per address.

English stands at the root, Simplified Chinese under `/zh-hans/` (config/urls.py prefixes both).
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

DEFAULT = "en"
CHINESE = "zh-hans"
# Names in their own language, and the tag that HTML wants.
NAMES = {DEFAULT: "English", CHINESE: "中文"}
TAGS = {DEFAULT: "en", CHINESE: "zh-Hans"}


def language_of(path: str) -> str:
    return CHINESE if path == f"/{CHINESE}" or path.startswith(f"/{CHINESE}/") else DEFAULT


def in_language(path: str, language: str) -> str:
    """The address of the same page in another language."""
    bare = path.removeprefix(f"/{CHINESE}") if language_of(path) == CHINESE else path
    return bare if language == DEFAULT else f"/{language}{bare}"


def language_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Activate the language that the address names."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        language = language_of(request.path_info)
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", TAGS[language])
        return response

    return middleware
