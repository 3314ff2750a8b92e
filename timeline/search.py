"""What a reader types into the search box: operators, words, and what to highlight.

`record_words` of migration 0003 prepares the text that is searched; `prepared` does the same to
the question, so "GPT-4" and 深度求索 find what they are written as.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_CJK_RUN = re.compile(f"[{CJK}]+")
_HYPHENS = "‐‑–—_/-"  # the plain one last: these go into character classes
_OPERATORS = ("actor", "region", "category", "tag", "before", "after", "claims", "importance")
# key:"two words", key:word, -"a phrase", "a phrase", -word, word
_TOKEN = re.compile(r'(?:(?P<key>[a-z]+):)?(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')


@dataclass
class Question:
    """A typed query taken apart: plain text, and operators by their name."""

    text: str = ""
    operators: dict[str, list[str]] = field(default_factory=dict)


def read_question(typed: str) -> Question:
    """Separate `actor:x before:2025-02` from the words that remain to be searched for."""
    question, words = Question(), []
    for token in _TOKEN.finditer(typed):
        key, value = token["key"], (token["phrase"] or token["word"] or "").strip()
        if key in _OPERATORS and value:
            question.operators.setdefault(key, []).extend(_values(value, token["phrase"]))
        else:
            words.append(token[0])
    question.text = " ".join(words)
    return question


def _values(value: str, phrase: str | None) -> list[str]:
    return [value] if phrase else [part for part in value.split(",") if part]


def prepared(text: str) -> str:
    """The words of `text` as the index has them, in PostgreSQL's websearch syntax."""
    parts = []
    for negated, phrase, is_quoted in _terms(text):
        words = " ".join(_pairs(_plain(phrase)))
        if not words:
            continue
        several = is_quoted or " " in words
        parts.append(("-" if negated else "") + (f'"{words}"' if several else words))
    return " ".join(parts)


def _terms(text: str) -> Iterator[tuple[bool, str, bool]]:
    for token in _TOKEN.finditer(text):
        phrase, word = token["phrase"], token["word"]
        prefix = f"{token['key']} " if token["key"] else ""
        if phrase is not None:
            yield bool(token["minus"]), prefix + phrase, True
        elif word:
            yield bool(token["minus"]), prefix + word, False


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text)
    folded = "".join(c for c in folded if not 0x300 <= ord(c) <= 0x36F)
    folded = unicodedata.normalize("NFC", folded)
    return re.sub(rf"[{_HYPHENS}]", " ", folded)


def _pairs(text: str) -> Iterator[str]:
    """Words; a run of CJK characters gives its overlapping pairs."""
    for word in text.split():
        position = 0
        for run in _CJK_RUN.finditer(word):
            yield from word[position : run.start()].split()
            characters = run[0]
            pairs = [characters[i : i + 2] for i in range(len(characters) - 1)]
            yield from pairs or [characters]
            position = run.end()
        yield from word[position:].split()


def highlighter(text: str) -> re.Pattern[str] | None:
    """What to mark in a result: the words of the question and their inflections."""
    patterns = []
    for negated, phrase, is_quoted in _terms(text):
        if negated or (not is_quoted and phrase.lower() == "or"):
            continue
        words = [w for w in re.split(rf"[\s{_HYPHENS}]+", phrase) if any(c.isalnum() for c in w)]
        if words:
            patterns.append(rf"[\s{_HYPHENS}]+".join(_word_pattern(word) for word in words))
    if not patterns:
        return None
    patterns.sort(key=len, reverse=True)
    return re.compile("|".join(patterns), re.IGNORECASE)


_ENDINGS = re.compile(r"(?:ations?|ings?|ed|ies|es|e|s|y)$", re.IGNORECASE)


def _word_pattern(word: str) -> str:
    word = word.strip(".,;:!?()[]“”‘’'")
    if _CJK_RUN.search(word):
        return re.escape(word)
    if not word.isalpha() or len(word) < 4:
        return rf"\b{re.escape(word)}\b"
    stem = _ENDINGS.sub("", word)
    return rf"\b{re.escape(stem if len(stem) > 2 else word)}\w{{0,6}}\b"
