"""Text to words, for Latin and CJK scripts alike.

CJK runs become overlapping character bigrams: no dictionary to ship, and for finding equal
passages as good as segmentation.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

# Longer texts are cut: a story is told in its beginning, and cost stays bounded.
MAX_CHARS = 4000
MAX_TITLE_CHARS = 600

_CJK = "぀-ヿ㐀-䶿一-鿿豈-﫿가-힯"
_WORD = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:['’.&-][^\W_{_CJK}]+)*")
_CJK_RUN = re.compile(rf"[{_CJK}]")
_TAG = re.compile(r"<[^<>]{0,500}>")
_SPACE = re.compile(r"\s+")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00ad": ""})


def clean(text: str | None, limit: int = MAX_CHARS) -> str:
    """Plain text of at most `limit` characters: no markup, entities, odd spaces or controls."""
    if not text:
        return ""
    text = text[: limit * 4]
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = _TAG.sub(" ", text)
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Cf") else c for c in text)
    return _SPACE.sub(" ", text).strip()[:limit]


def words(text: str) -> list[str]:
    """Lower-case words of cleaned text, lightly stemmed; CJK runs as bigrams."""
    found: list[str] = []
    for token in _WORD.findall(text.lower()):
        if _CJK_RUN.match(token):
            found.extend(cjk_bigrams(token))
        else:
            found.append(_stem(token))
    return found


def cjk_bigrams(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def is_cjk(text: str) -> bool:
    """Whether a good part of the letters is Chinese, Japanese or Korean."""
    return len(_CJK_RUN.findall(text)) * 4 > len(text)


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """Possessive and plural endings only: names must survive."""
    word = word.removesuffix("'s")
    if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
