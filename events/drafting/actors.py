"""Who takes part, judged from the sources' titles and publishers. Pure.

Candidates are named (gazetteer), meant by what they are known for, publish the source themselves,
or are implied by words that the record ties to them; a small logistic model weighs the signs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from events.drafting.lore import Lore
from events.drafting.texts import SourceText, source_terms
from events.drafting.who import Who
from events.language.background import Floats
from events.language.gazetteer import Gazetteer
from events.language.words import MAX_TITLE_CHARS, clean

# Below this nothing in the record speaks for the actor: not even a candidate.
_FAINTEST = 0.25
_RIVAL = re.compile(
    r"\b(rivals?|rivall?ing|vs|versus|than|like|beats?|beating|over|against|behind|challeng\w+|tops?"
    r"|compet\w+|former|ex|alternative to|par with)\W*$",
    re.IGNORECASE,
)
SIGNS = (
    "named_share",
    "named",
    "named_early",
    "named_first",
    "named_as_rival",
    "known_share",
    "known",
    "known_only",
    "publishes",
    "publishes_share",
    "implied_most",
    "implied_next",
    "implied_third",
    "publisher_implies",
    "often",
    "is_person",
    "is_government",
    "alone",
)


def candidate_signs(sources: Sequence[SourceText], who: Who, lore: Lore) -> dict[int, Floats]:
    """For each actor that may take part its signs, as in SIGNS."""
    named = _named(sources, who.gazetteer)
    known = _share_of_titles(sources, who.known_for.keys)
    publishing = _publishing(sources, who.gazetteer)
    terms = {term for source in sources for term in source_terms(source)}
    implied = lore.implied(term for term in terms if not term.startswith("@"))
    by_publisher = lore.implied(term for term in terms if term.startswith("@"))
    likely = {actor for actor, shares in implied.items() if shares[0] >= _FAINTEST}
    likely |= {actor for actor, shares in by_publisher.items() if shares[0] >= _FAINTEST}
    found = {}
    for actor in {*named, *known, *publishing, *likely}:
        strengths = [*implied.get(actor, []), 0.0, 0.0, 0.0]
        publisher = by_publisher.get(actor, [0.0])[0]
        share = publishing.get(actor, 0) / len(sources)
        kind = who.kinds.get(actor)
        found[actor] = np.array(
            [
                *named.get(actor, (0.0,) * 5),
                known.get(actor, 0.0),
                actor in known,
                actor in known and actor not in named,
                share > 0,
                share,
                *strengths[:3],
                publisher,
                np.log1p(lore.actor_count[actor]) / 5,
                kind == "person",
                kind == "government",
                len(sources) == 1,
            ],
            np.float32,
        )
    return found


def _named(
    sources: Sequence[SourceText], gazetteer: Gazetteer
) -> dict[int, tuple[float, float, float, float, float]]:
    """Share of titles that name the actor; whether, how early, at the very start, as a rival."""
    starts: dict[int, list[tuple[float, bool]]] = {}
    counts: dict[int, int] = {}
    for source in sources:
        title = clean(source.title, MAX_TITLE_CHARS)
        seen = set()
        for mention in gazetteer.mentions(title):
            is_rival = bool(_RIVAL.search(title[: mention.start]))
            place = mention.start / max(1, len(title))
            starts.setdefault(mention.key, []).append((place, is_rival))
            seen.add(mention.key)
        for key in seen:
            counts[key] = counts.get(key, 0) + 1
    return {
        key: (
            counts[key] / len(sources),
            1.0,
            1 - min(place for place, _ in found),
            float(any(place < 0.05 for place, _ in found)),
            float(all(rival for _, rival in found)),
        )
        for key, found in starts.items()
    }


def _share_of_titles(
    sources: Sequence[SourceText], keys: Callable[[str], Iterable[int]]
) -> dict[int, float]:
    counts = Counter(
        key for source in sources for key in set(keys(clean(source.title, MAX_TITLE_CHARS)))
    )
    return {key: count / len(sources) for key, count in counts.items()}


def _publishing(sources: Sequence[SourceText], gazetteer: Gazetteer) -> dict[int, int]:
    """Actors who put a source out themselves."""
    found: dict[int, int] = {}
    for source in sources:
        if source.publisher_kind in ("lab", "company", "official", "academic", "person"):
            for key in gazetteer.keys(source.publisher):
                found[key] = found.get(key, 0) + 1
    return found
