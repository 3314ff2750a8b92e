"""Find known names in a text: one Aho–Corasick pass however many names there are.

Latin names match as whole words and as they are written; CJK names match anywhere, because
nothing separates words there. Of overlapping names the longest counts, so "Amazon Web
Services" is not Amazon.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ahocorasick

from events.language.words import is_cjk

# One or two letters name nothing by themselves, save in CJK.
_SHORTEST = 3
_SHORTEST_CJK = 2


@dataclass(frozen=True)
class Mention:
    """A name found: whose, and where in the text."""

    key: int
    name: str
    start: int


class Gazetteer:
    """Names and aliases of things that have a key."""

    def __init__(self, names: Mapping[int, Iterable[str]]) -> None:
        self._automaton = ahocorasick.Automaton()
        owners: dict[str, set[int]] = {}
        for key, all_names in names.items():
            for name in all_names:
                plain = fold(name)
                if len(plain) >= (_SHORTEST_CJK if is_cjk(plain) else _SHORTEST):
                    owners.setdefault(plain, set()).add(key)
        for name, keys in owners.items():
            if len(keys) == 1:  # a name of two actors names neither
                self._automaton.add_word(name, (name, *keys))
        if owners:
            self._automaton.make_automaton()

    def mentions(self, text: str) -> list[Mention]:
        """All names in the text, in order; the longest where they overlap."""
        plain = fold(text)
        if not len(self._automaton):
            return []
        found = [
            Mention(key, name, end - len(name) + 1)
            for end, (name, key) in self._automaton.iter(plain)
            if _stands_alone(plain, end - len(name) + 1, end + 1)
        ]
        found.sort(key=lambda mention: (mention.start, -len(mention.name)))
        kept: list[Mention] = []
        for mention in found:
            if not kept or mention.start >= kept[-1].start + len(kept[-1].name):
                kept.append(mention)
        return kept

    def keys(self, text: str) -> list[int]:
        """Whose names stand in the text, in order of first mention."""
        return list(dict.fromkeys(mention.key for mention in self.mentions(text)))


def fold(text: str) -> str:
    """Same width and quotes everywhere; accents and case stay."""
    return unicodedata.normalize("NFKC", text).replace("’", "'")


def _stands_alone(text: str, start: int, end: int) -> bool:
    name = text[start:end]
    if is_cjk(name):
        return True
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (_joins(before) or _joins(after))


def _joins(character: str) -> bool:
    return character.isalnum() and not is_cjk(character)
