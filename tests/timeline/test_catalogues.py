"""The Chinese catalogue is complete, keeps every placeholder and is compiled."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

LOCALE = Path(settings.BASE_DIR) / "locale" / "zh_Hans" / "LC_MESSAGES"
KEYWORDS = ("_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "npgettext")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")

Key = tuple[str | None, str]


def catalogue() -> Catalog:
    return read_po(io.BytesIO((LOCALE / "django.po").read_bytes()), locale="zh_Hans")


def strings_of(message: Message) -> list[str]:
    string = message.string
    return [string] if isinstance(string, str) else list(string or ())


def texts() -> set[Key]:
    """Every text that code and templates of the public side mark for translation."""
    found: set[Key] = set()
    base = Path(settings.BASE_DIR)
    for path in [
        *(base / "timeline").rglob("*.py"),
        *(base / "events" / "suggestions").rglob("*.py"),
        *(base / "templates").rglob("*.html"),
    ]:
        if "admin" in path.parts:
            continue
        source = path.read_text()
        if path.suffix == ".html":
            # What templatize leaves of the markup is no Python: only the calls are looked at.
            calls = re.findall(r"n?p?gettext\(.*?\) |_\(.*?\) ", templatize(source))
            source = "\n".join(call.strip() for call in calls)
        for _, function, message, _ in extract_python(
            io.BytesIO(source.encode()), dict.fromkeys(KEYWORDS), [], {}
        ):
            parts = [message] if isinstance(message, str) else list(message)
            is_context = function in ("pgettext", "npgettext")
            text = parts[1 if is_context else 0]
            if text:
                found.add((parts[0] if is_context else None, text))
    return found


def test_every_text_is_translated() -> None:
    translated = {
        (message.context, message.id if isinstance(message.id, str) else message.id[0])
        for message in catalogue()
        if message.id and all(strings_of(message))
    }
    assert len(texts()) > 250
    assert texts() - translated == set()


def test_translations_keep_every_placeholder() -> None:
    for message in catalogue():
        if not message.id:
            continue
        text = message.id if isinstance(message.id, str) else message.id[1]
        string = strings_of(message)[0]
        assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(string)), text


def test_compiled_catalogue_is_the_written_one() -> None:
    def strings(catalog: Catalog) -> dict[tuple[str, str], list[str]]:
        found = {}
        for message in catalog:
            if message.id:
                text = message.id if isinstance(message.id, str) else message.id[0]
                context = message.context or b""
                context = context.decode() if isinstance(context, bytes) else context
                found[context, text] = strings_of(message)
        return found

    compiled = read_mo(io.BytesIO((LOCALE / "django.mo").read_bytes()))
    assert strings(compiled) == strings(catalogue())


@pytest.mark.parametrize("message", ["%d event", "%d publisher"])
def test_chinese_has_one_form_for_any_number(message: str) -> None:
    (forms,) = [
        strings_of(m) for m in catalogue() if isinstance(m.id, tuple) and m.id[0] == message
    ]
    assert len(forms) == 1
