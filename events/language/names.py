"""What tells one happening from the next of its kind: names, numbers, words of the address."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from events.language.words import STOP_WORDS

_CAPITALIZED = re.compile(r"\b[A-Z][\w'.&-]*\w|\b\w*[a-z][A-Z]\w*|\b[A-Za-z]+-?\d[\w.]*")
_NUMBER = re.compile(r"\d[\d,.:]*\d|\d")
_EXTENSION = re.compile(r"\.\w{2,5}$")
_ID_LIKE = re.compile(r"[0-9a-f]*\d[0-9a-f]*")
_WORD_BREAK = re.compile(r"[-_+]+")
# An address with fewer parts than this holds an id or a section, not a headline.
_MIN_SLUG_WORDS = 4


def names(text: str) -> set[str]:
    """Lower-case words that are written like names: Nvidia, DeepSeek, R1, GPT-4."""
    return set(names_as_written(text))


def names_as_written(text: str) -> dict[str, str]:
    """The same, each with the way it is first written."""
    found: dict[str, str] = {}
    for match in _CAPITALIZED.findall(text):
        written = match.removesuffix("'s")
        if written.lower() not in STOP_WORDS and len(written) > 1:
            found.setdefault(written.lower(), written)
    return found


def numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in _NUMBER.findall(text)}


def address_words(url: str | None) -> str:
    """The headline as it stands in an address, often longer than a title that was cut."""
    if not url:
        return ""
    try:
        segments = urlsplit(url).path.split("/")
    except ValueError:
        return ""
    slug = _EXTENSION.sub("", max(segments, key=len))
    parts = [part for part in _WORD_BREAK.split(slug) if part]
    if len(parts) < _MIN_SLUG_WORDS:
        return ""
    return " ".join(part for part in parts if len(part) < 5 or not _ID_LIKE.fullmatch(part))
