"""What kind of happening a headline tells of, by its words: a release is no lawsuit. Pure."""

from __future__ import annotations

import re

_WORDS = {
    "release": r"releas|launch|unveil|introduc|open[- ]?sourc|present|preview|debut|publish"
    r"|ships?\b|available|opens?\b|open-weight|new\b|weights|发布|推出|开源",
    "announcement": r"announc|plans?\b|to invest|commit|pledge",
    "deal": r"acqui|buys?\b|purchas|merg|deal|partner|agree",
    "funding": r"rais|funding|series [a-h]|valuation|round|stake|融资",
    "market": r"shares?\b|stocks?\b|ipo\b|nasdaq|listing|lists in|debut"
    r"|files (?:confidentially )?for|上市",
    "accusation": r"\bsues?\b|suing|lawsuit|class action|complaint|v\.|accus|alleg",
    "court": r"court|judge|ruling|rules?\b that|trial|appeal|settle|fair use|verdict",
    "ban": r"\bbans?\b|bann|block|bars?\b|barred|restrict|remov|prohibit|curb|cut",
    "control": r"export|entity list|licen[cs]|sanction|control",
    "suspension": r"suspend|delay|pause|lift|withdraw|rescind|revok|repeal|shelv|drops?\b|reverse",
    "law": r"\bact\b|law\b|bill\b|regulat|measures|rules?\b|办法|规定|条例",
    "entry into force": r"effect|in force|apply|begin|施行|实施",
    "proposal": r"propos|draft|introduc|consult|征求意见",
    "adoption": r"adopt|enact|sign|passe|approv|becomes law|final|vote",
    "order": r"executive order|orders?\b|directive",
    "paper": r"paper|arxiv|study|technical report|show",
    "statement": r"says?\b|warns?|calls?\b|argue|statement|remarks|letter|interview|oppos|claims?"
    r"|speech|speaks|thoughts|post\b|blog",
    "people": r"hir|joins?\b|leav|resign|depart|ceo|chief|oust|fired|steps? down|appoint",
    "incident": r"outage|breach|leak|hack|attack|incident|vulnerab|bug|exposed",
    "inquiry": r"probe|investigat|inquiry|antitrust|review|summon",
    "chip": r"chips?\b|gpu|processor|accelerator|hbm|wafer|芯片",
    "site": r"data cent|supercomput|cluster|gigawatt|stargate|campus",
    "plan": r"plan\b|strategy|framework|summit|declaration|code of practice|roadmap",
}
_KINDS = {kind: re.compile(words, re.IGNORECASE) for kind, words in _WORDS.items()}


KINDS = tuple(_KINDS)


def kinds_of(text: str) -> frozenset[str]:
    return frozenset(kind for kind, words in _KINDS.items() if words.search(text))
