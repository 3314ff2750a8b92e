"""What schema.org says of the types that our pages name: which properties, of which values."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

_THING = {"name": "Text", "url": "URL", "image": "URL", "description": "Text", "@id": "URL",
          "sameAs": "URL", "alternateName": "Text", "mainEntityOfPage": "URL"}  # fmt: skip
_WORK = {
    **_THING, "headline": "Text", "datePublished": "Date", "dateModified": "Date",
    "temporalCoverage": "Interval", "author": ("Organization", "Person"),
    "publisher": ("Organization", "Person"), "isAccessibleForFree": "Boolean", "license": "URL",
    "keywords": "Text", "about": ("Thing", "Organization", "Person"),
    "citation": ("CreativeWork", "Article"), "inLanguage": "Language",
}  # fmt: skip
TYPES: dict[str, dict[str, Any]] = {
    "Thing": _THING,
    "Organization": {**_THING, "logo": "URL", "email": "Text"},
    "Person": {**_THING, "jobTitle": "Text"},
    "CreativeWork": _WORK,
    "Article": {**_WORK, "articleBody": "Text", "articleSection": "Text"},
}
# What search engines want of an article before they show it as one.
WANTED = {"Article": {"headline", "image", "datePublished", "dateModified", "author"}}


def faults(node: Any, allowed: tuple[str, ...] = ("Article",)) -> Iterator[str]:
    if not isinstance(node, dict) or node.get("@type") not in allowed:
        yield f"not one of {allowed}: {node}"
        return
    kind = node["@type"]
    for name in sorted(WANTED.get(kind, set()) - set(node)):
        yield f"{kind} lacks {name}"
    for name, values in node.items():
        if name in ("@type", "@context"):
            continue
        if name not in TYPES[kind]:
            yield f"{kind} has no {name}"
            continue
        for value in values if isinstance(values, list) else [values]:
            yield from _of_value(f"{kind}.{name}", value, TYPES[kind][name])


def _of_value(where: str, value: Any, expected: Any) -> Iterator[str]:
    if isinstance(expected, tuple):
        yield from faults(value, expected)
    elif not CHECKS[expected](value):
        yield f"{where} is no {expected}: {value}"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_url(value: Any) -> bool:
    return _is_text(value) and urlsplit(value).scheme in ("http", "https")


def _is_date(value: Any) -> bool:
    try:
        return bool(datetime.datetime.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def _is_interval(value: Any) -> bool:
    ends = value.split("/") if _is_text(value) else []
    return 1 <= len(ends) <= 2 and all(end == ".." or _is_date(end) for end in ends)


CHECKS: dict[str, Callable[[Any], bool]] = {
    "Text": _is_text,
    "URL": _is_url,
    "Date": _is_date,
    "Interval": _is_interval,
    "Boolean": lambda value: isinstance(value, bool),
    "Language": lambda value: _is_text(value) and bool(re.fullmatch("[a-z]{2,3}(-.+)?", value)),
}
