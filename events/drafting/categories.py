"""Which category an event falls into, judged from its sources' titles. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from events.drafting.happenings import KINDS, kinds_of
from events.drafting.texts import SourceText, all_titles
from events.language.background import Floats, load_background
from events.language.words import MAX_TITLE_CHARS, clean

_WORDS = (
    r"\b(?:releas\w+|launch\w*|unveil\w*|introduc\w+|announc\w+|open[- ]sourc\w+|preview|api|model"
    r" card|changelog|weights)\b|发布|推出|开源",
    r"\b(?:v?\d+(?:\.\d+)+\w*|gpt\w*|llama|qwen|gemini|claude|grok|ernie|kimi|glm|\d+b)\b",
    r"\b(?:paper|arxiv|research\w*|study|learning|training|scaling|benchmark|technical report"
    r"|towards?|attention|via|using)\b",
    r"\b(?:chips?|gpus?|processors?|accelerators?|wafers?|foundry|lithography|hbm|nodes?|tpu)\b|芯片",
    r"\b(?:data cent\w+|supercomput\w+|clusters?|gigawatts?|power|campus|stargate|capex)\b",
    r"\b(?:export\w*|entity list|sanction\w*|licen[cs]\w+|controls?|restrict\w+|bis|curbs?)\b|出口",
    r"\b(?:act|law|bill|regulat\w+|executive order|policy|guidelines?|measures|strategy|summit"
    r"|framework|commission|minist\w+|senate|congress|white house|plan)\b|办法|规定|条例",
    r"\b(?:sues?|suing|lawsuit|court|judge|copyright|settle\w*|ruling|v\.|trial|appeal)\b",
    r"\b(?:rais\w+|funding|series [a-h]|valuation|invest\w+|round|stake)\b|融资",
    r"\b(?:shares?|stocks?|ipo|nasdaq|market|listing|debut|trillion|plunge\w*|rout)\b|上市",
    r"\b(?:hir\w+|joins?|leav\w+|left|resign\w*|depart\w*|ceo|chief|oust\w*|fired?|found\w+)\b",
    r"\b(?:outage|breach\w*|leak\w*|hack\w*|attack\w*|bans?|blocked|incident|vulnerab\w+|jailbreak)\b",
    r"\b(?:statement|letter|says|warns?|calls?|remarks|interview|speech|declaration|pledge)\b",
)
_LISTS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _WORDS)
_PUBLISHERS = ("lab", "company", "official", "academic", "press", "social", "person")


def category_signs(sources: Sequence[SourceText]) -> Floats:
    """One row: words per category and kind of happening, who publishes, vectors of titles."""
    titles = [clean(source.title, MAX_TITLE_CHARS) for source in sources]
    share = [sum(bool(words.search(title)) for title in titles) / len(titles) for words in _LISTS]
    told = Counter(kind for title in titles for kind in kinds_of(title))
    happening = [told[kind] / len(titles) for kind in KINDS]
    kinds = [source.publisher_kind for source in sources]
    of_kind = [kinds.count(kind) / len(kinds) for kind in _PUBLISHERS]
    has = [float(value > 0) for value in (*share, *of_kind)]
    vectors = load_background().embed([all_titles(sources), titles[0]])
    return np.concatenate(
        [np.array([*share, *happening, *of_kind, *has], np.float32), vectors[0] * 2, vectors[1]]
    )
