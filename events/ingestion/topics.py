"""Whether an entry is for us: words, phrases and actors decide, and the decision is explained.

Pure: rules and a text in, a verdict out. Of all rules that fit, the first one counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from events.language.words import is_cjk

Verdict = Literal["accept", "low", "drop"]
REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Rule:
    """One topic rule with its words made ready to be looked for.

    `names` are looked for as they are written, capitals included: Meta is no meta.
    """

    key: int
    verdict: Verdict
    reason: str
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    is_open: bool = False  # asks for nothing: fits every entry
    _wanted: tuple[re.Pattern[str], ...] = field(init=False, repr=False, compare=False)
    _unwanted: tuple[re.Pattern[str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        terms = (*self.words, *self.phrases)
        object.__setattr__(self, "_wanted", _patterns(terms, self.names))
        object.__setattr__(self, "_unwanted", _patterns(self.excluded, ()))

    def fit(self, text: str) -> str | None:
        """What in `text` the rule fits by; "" if it asks for nothing; None if it does not fit."""
        if _first(self._unwanted, text) is not None:
            return None
        if self.is_open:
            return ""
        return _first(self._wanted, text)


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    reason: str = ""
    rule: int | None = None


ACCEPTED = Judgement("accept")


def judge(title: str, summary: str, rules: Sequence[Rule]) -> Judgement:
    """What becomes of an entry, and why. Entries that no rule fits are accepted."""
    text = f"{title}\n{summary}"
    for rule in rules:
        found = rule.fit(text)
        if found is not None:
            because = f" (“{found}”)" if found else ""
            return Judgement(rule.verdict, f"{rule.reason}{because}"[:REASON_LENGTH], rule.key)
    return ACCEPTED


def _first(patterns: Iterable[re.Pattern[str]], text: str) -> str | None:
    for pattern in patterns:
        if match := pattern.search(text):
            return " ".join(match.group().split())
    return None


def _patterns(terms: Iterable[str], names: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """One pattern for what must be written as it is, one for what may be in any case."""
    exact: list[str] = []
    loose: list[str] = []
    for term in filter(None, map(str.strip, terms)):
        (exact if _is_acronym(term) else loose).append(_expression(term))
    exact += [_expression(name) for name in filter(None, map(str.strip, names))]
    return tuple(
        re.compile("|".join(expressions), flags)
        for expressions, flags in ((loose, re.IGNORECASE), (exact, re.NOFLAG))
        if expressions
    )


def _is_acronym(term: str) -> bool:
    """AI, EU, GPT-5: in small letters they would be other words, or none."""
    return (
        len(term) <= 6 and term.upper() == term and any(c.isascii() and c.isalpha() for c in term)
    )


def _expression(term: str) -> str:
    """The term as whole words, whatever space or line end stands between them."""
    if is_cjk(term):  # written without spaces: there are no word ends to look for
        return re.escape(term)
    body = r"[\s\-‐-—]+".join(re.escape(part) for part in re.split(r"[\s\-]+", term) if part)
    if body.endswith(r"\*") and len(body) > 2:
        return rf"(?<!\w){body[:-2]}\w*"
    return rf"(?<!\w){body}(?!\w)"
