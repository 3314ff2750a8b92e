"""How XML of feeds is written: only what XML can hold, and plain text that stays plain.

Many readers take the text of a title for HTML. Atom can say which it is; RSS cannot, so there
its own profile asks for `<` and `&` as numbers, which is what validators look for too.
"""

from __future__ import annotations

import html
import re
from typing import Any
from xml.sax.xmlreader import AttributesImpl

from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator

# Control characters (C1 too: mistaken code pages), the mark of broken text, and non-characters.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd\ufffe\uffff]")
_LIKE_MARKUP = re.compile(r"</?\w|&#?\w")
_LIKE_ENTITY = re.compile(r"&(?=#?\w)")
_WORD_JOINER = "\u2060"  # is not seen, and breaks nothing but a tag


def fit(text: str) -> str:
    """`text` without what XML forbids or validators take for damage."""
    return _UNFIT.sub("", text)


def unlike_markup(text: str) -> str:
    """Text that reads the same without anything like a tag or entity, for where none may be."""
    text = text.replace("</", f"<{_WORD_JOINER}/")
    return _LIKE_ENTITY.sub(f"&{_WORD_JOINER}", text) if html.unescape(text) != text else text


class Writer(SimplerXMLGenerator):
    def startElement(self, name: str, attrs: Any) -> None:
        fitting = {key: fit(str(value)) for key, value in attrs.items()}
        super().startElement(name, AttributesImpl(fitting))

    def characters(self, content: str) -> None:
        super().characters(fit(content))


class AtomWriter(Writer):
    def addQuickElement(self, name: str, contents: Any = None, attrs: Any = None) -> None:
        if name in ("title", "subtitle") and not attrs and _LIKE_MARKUP.search(contents):
            contents, attrs = escape(contents), {"type": "html"}
        super().addQuickElement(name, contents, attrs)


class RssWriter(Writer):
    PLAIN = ("title", "description", "category", "dc:creator")

    def addQuickElement(self, name: str, contents: Any = None, attrs: Any = None) -> None:
        if name not in self.PLAIN or contents is None:
            super().addQuickElement(name, contents, attrs)
            return
        text = (
            fit(contents)
            .replace("</", f"<{_WORD_JOINER}/")
            .replace("&", "&#x26;")
            .replace("<", "&#x3C;")
        )
        self.startElement(name, attrs or {})
        self.ignorableWhitespace(text.replace(">", "&#x3E;"))  # written as it is
        self.endElement(name)
