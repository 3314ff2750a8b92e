"""Light Markdown of summaries to harmless HTML."""

from __future__ import annotations

import html
import re
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("zero", {"html": False}).enable(
    ["emphasis", "link", "autolink", "backticks", "list", "escape", "entity", "newline"]
)
_TAGS = {"p", "em", "strong", "a", "code", "ul", "ol", "li", "br"}
_TAG = re.compile(r"(<[^>]+>)")
_CHINESE = re.compile("[\u3400-\u9fff]")
# Bidirectional controls would let a text turn its neighbors around; the others, and the mark of
# broken text, tell a reader nothing and feed validators take them for damage.
_CONTROLS = re.compile(
    "[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    "\ud800-\udfff\ufffd\ufffe\uffff]"
)


def plain(text: str) -> str:
    """`text` without invisible characters that could disturb what stands around it."""
    return _CONTROLS.sub("", text)


def language_of(text: str) -> str:
    """`zh` for text that is Chinese, else `en`, the language that the record is kept in."""
    return "zh" if len(_CHINESE.findall(text)) * 4 > len(text) else "en"


def rendered(text: str, marked: re.Pattern[str] | None = None) -> SafeString:
    """Markdown as sanitized HTML; what matches `marked` is highlighted."""
    clean = _clean(text)
    if marked:
        pieces = _TAG.split(clean)
        clean = "".join(
            piece if _TAG.fullmatch(piece) else highlighted(html.unescape(piece), marked)
            for piece in pieces
        )
    return mark_safe(clean)


@lru_cache(maxsize=2048)
def _clean(text: str) -> str:
    return nh3.clean(
        _MARKDOWN.render(plain(text)),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )


def text_of(clean: SafeString) -> str:
    """The words of rendered Markdown. They are no HTML: whoever shows them escapes them."""
    return " ".join(html.unescape(_TAG.sub("", clean)).split())


def highlighted(text: str, marked: re.Pattern[str] | None) -> SafeString:
    """`text` escaped, matches in <mark>."""
    text = plain(text)
    if marked is None:
        return mark_safe(html.escape(text))
    pieces, position = [], 0
    for match in marked.finditer(text):
        if match[0]:
            pieces += [
                html.escape(text[position : match.start()]),
                "<mark>",
                html.escape(match[0]),
                "</mark>",
            ]
            position = match.end()
    return mark_safe("".join([*pieces, html.escape(text[position:])]))
