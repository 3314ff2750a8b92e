"""The words readers see for the record's codes, in their language.

The models keep plain English for moderators; a code without a word here is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, "str | Promise"]

CATEGORIES: Words = {
    "model-release": _("Model release"),
    "research": _("Research"),
    "chips": _("Chips"),
    "infrastructure": _("Infrastructure"),
    "export-control": _("Export control"),
    "policy": _("Policy"),
    "lawsuit": _("Lawsuit"),
    "funding": _("Funding"),
    "market": _("Market"),
    "talent": _("Talent"),
    "incident": _("Incident"),
    "statement": _("Statement"),
}
# Families stack in charts, where twelve colors could not be told apart.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "models": ("model-release", "research"),
    "compute": ("chips", "infrastructure"),
    "rules": ("export-control", "policy", "lawsuit"),
    "money": ("funding", "market", "talent"),
    "voices": ("incident", "statement"),
}
FAMILY_NAMES: Words = {
    "models": _("models and research"),
    "compute": _("chips and infrastructure"),
    "rules": _("rules and courts"),
    "money": _("money and people"),
    "voices": _("incidents and statements"),
}
FAMILY_OF = {category: family for family, group in FAMILIES.items() for category in group}

IMPORTANCE: Words = {"3": _("Major"), "2": _("Notable"), "1": _("Minor")}

CLAIM_STATUS: Words = {
    "supported": _("supported"),
    "unverified": _("unverified"),
    "disputed": _("disputed"),
    "refuted": _("refuted"),
}
# Shape and word carry the status; color comes third.
CLAIM_MARKS: Mapping[str, str] = {
    "supported": "●",
    "unverified": "○",
    "disputed": "◐",
    "refuted": "⊗",
}

REGIONS: Words = {
    "US": _("United States"),
    "CN": _("China"),
    "EU": _("European Union"),
    "UK": _("United Kingdom"),
    "INT": _("International"),
    "AE": _("United Arab Emirates"),
    "AU": _("Australia"),
    "BR": _("Brazil"),
    "CA": _("Canada"),
    "CH": _("Switzerland"),
    "DE": _("Germany"),
    "ES": _("Spain"),
    "FR": _("France"),
    "HK": _("Hong Kong"),
    "IL": _("Israel"),
    "IN": _("India"),
    "IT": _("Italy"),
    "JP": _("Japan"),
    "KR": _("South Korea"),
    "MY": _("Malaysia"),
    "NL": _("Netherlands"),
    "PK": _("Pakistan"),
    "RU": _("Russia"),
    "SA": _("Saudi Arabia"),
    "SE": _("Sweden"),
    "SG": _("Singapore"),
    "TH": _("Thailand"),
    "TW": _("Taiwan"),
}

ACTOR_KINDS: Words = {
    "lab": _("Lab"),
    "company": _("Company"),
    "government": _("Government"),
    "university": _("University"),
    "person": _("Person"),
}
# Headings of whole lists of them.
ACTOR_GROUPS: Words = {
    "lab": _("Labs"),
    "company": _("Companies"),
    "government": _("Governments"),
    "university": _("Universities"),
    "person": _("People"),
}
ROLES: Words = {
    "participant": _("takes part"),
    "lead": _("acts"),
    "affected": _("is affected"),
    "speaker": _("speaks"),
    "regulator": _("regulates"),
    "funder": _("pays"),
}
DATE_KINDS: Words = {
    "announced": _("Announced"),
    "published": _("Published"),
    "signed": _("Signed"),
    "effective": _("In effect"),
    "deadline": _("Deadline"),
    "expires": _("Expires"),
    "released": _("Released"),
    "other": _("Also"),
}
CITATION_ROLES: Words = {
    "primary": _("Primary sources"),
    "report": _("Reporting"),
    "analysis": _("Analysis"),
    "reaction": _("Reactions"),
}
STANCES: Words = {"supports": _("supports"), "disputes": _("disputes")}
# How a relation reads from the event that has it, and from the event it points to.
RELATIONS_OUT: Words = {
    "responds-to": _("Responds to"),
    "follows": _("Follows"),
    "supersedes": _("Supersedes"),
    "part-of": _("Part of"),
    "matches": _("Matches"),
    "contradicts": _("Contradicts"),
}
RELATIONS_IN: Words = {
    "responds-to": _("Answered by"),
    "follows": _("Followed by"),
    "supersedes": _("Superseded by"),
    "part-of": _("Includes"),
    "matches": _("Matched by"),
    "contradicts": _("Contradicted by"),
}
ACTIONS: Words = {
    "import": _("imported"),
    "draft": _("drafted"),
    "promote": _("promoted"),
    "attach": _("source added"),
    "reject": _("rejected"),
    "restore": _("restored"),
    "edit": _("edited"),
    "publish": _("published"),
    "unpublish": _("unpublished"),
    "retract": _("retracted"),
    "correct": _("corrected"),
    "merge": _("merged"),
    "unmerge": _("un-merged"),
    "split": _("split"),
    "move": _("moved"),
    "accept": _("accepted"),
    "discard": _("discarded"),
    "undo": _("undid a step"),
    "add-source": _("source added"),
}
LINK_STATES: Words = {
    "paywall": _("behind a paywall"),
    "moved": _("moved"),
    "dead": _("gone"),
}
LANGUAGES: Words = {
    "en": _("English"),
    "zh": _("Chinese"),
    "es": _("Spanish"),
    "fr": _("French"),
    "de": _("German"),
    "it": _("Italian"),
    "ja": _("Japanese"),
    "ko": _("Korean"),
}


def word(words: Words, code: str) -> str:
    """The reader's word for `code`, or the code itself when nobody has given it one."""
    return str(words.get(code, code))


# Parts of topics that are no words: written in capitals.
_ACRONYMS = frozenset(("ai", "api", "asic", "cpu", "eu", "gdpr", "glm", "gpt", "gpu", "hbm"))
_ACRONYMS |= frozenset(("ipo", "llm", "ndaa", "nist", "rlhf", "sme", "tpu", "uk", "un", "us"))


def topic(tag: str) -> str:
    """A topic as readers see it: `export-controls` → “Export controls”, `h20` → “H20”."""
    words = [
        part.upper() if part in _ACRONYMS or any(c.isdigit() for c in part) else part
        for part in tag.split("-")
    ]
    text = " ".join(words)
    return text[:1].upper() + text[1:]
