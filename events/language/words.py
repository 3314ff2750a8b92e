"""Text to words, for Latin and CJK scripts alike.

CJK runs become overlapping character bigrams: no dictionary to ship, and for finding equal
passages as good as segmentation. Where words are weighed, those known to be common are cut out.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from events.language import cjk

# Longer texts are cut: a story is told in its beginning, and cost stays bounded.
MAX_CHARS = 4000
MAX_TITLE_CHARS = 600

_CJK = "぀-ヿ㐀-䶿一-鿿豈-﫿가-힯"
_WORD = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:['.&-][^\W_{_CJK}]+)*")
_CJK_CHAR = re.compile(rf"[{_CJK}]")
_TAG = re.compile(r"<[^<>]{0,500}>")
# Controls, and what shows nothing: soft hyphen, zero width, direction marks, byte order mark.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_SPACE = re.compile(r"\s+")
_QUOTES = (("‘", "'"), ("’", "'"), ("“", '"'), ("”", '"'), ("–", "-"), ("—", "-"))

CJK_LANGUAGES = ("zh", "ja", "ko")
_STOP = """
a an the of in on at to for and or but with by from as is are was were be been has have had it its
this that he she they his her their we you i not no will would could can says said say after over
amid who what how why when new more about up out into than us if all one two der die das und le la
les et des el los de
"""
STOP_WORDS = frozenset(_STOP.split())


def clean(text: str | None, limit: int = MAX_CHARS) -> str:
    """Plain text of at most `limit` characters: no markup, entities, odd spaces or controls."""
    if not text:
        return ""
    text = text[: limit * 4]
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = _TAG.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        for fancy, plain in _QUOTES:
            text = text.replace(fancy, plain)
        text = text.encode("utf-8", "ignore").decode()  # half a surrogate pair is not text
    return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()[:limit]


def words(text: str) -> list[str]:
    """Lower-case words of cleaned text, lightly stemmed; CJK runs as bigrams."""
    return _words(text, cjk.bigrams)


def content_words(text: str) -> list[str]:
    """`words` without those that stand in every text."""
    return [word for word in _words(text, cjk.terms) if word not in STOP_WORDS]


def _words(text: str, of_cjk: Callable[[str], list[str]]) -> list[str]:
    found: list[str] = []
    for token in _WORD.findall(text.lower()):
        if token.isascii() or not _CJK_CHAR.match(token):
            found.append(_stem(token))
        else:
            found.extend(of_cjk(token))
    return found


def is_cjk(text: str) -> bool:
    """Whether a good part of the letters is Chinese, Japanese or Korean."""
    return not text.isascii() and len(_CJK_CHAR.findall(text)) * 4 > len(text)


def language_of(title: str, declared: str) -> str:
    """ "zh", "ja" or "ko" by the script, unless it is declared; else as declared, "" when not."""
    code = declared[:2].lower()
    return code if code in CJK_LANGUAGES or not is_cjk(title) else cjk.language_of(title)


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """Possessive and plural endings only: names must survive."""
    word = word.removesuffix("'s")
    if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
