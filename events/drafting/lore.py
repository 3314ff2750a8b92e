"""What the record teaches: which words go with which actors.

"Claude" names no company, but every event whose sources say Claude has Anthropic in it. This
is counted from the record as moderators left it, so it grows with their work.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from events.drafting.texts import EventText, source_terms

# A word seen with one event only may be chance: it counts, but less.
_DOUBT = 0.7


class Lore:
    def __init__(self, events: Iterable[EventText]) -> None:
        self.term_count: Counter[str] = Counter()
        self.actors_of: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self.actor_count: Counter[int] = Counter()
        for event in events:
            self.actor_count.update(event.actors)
            terms = {term for source in event.sources for term in source_terms(source)}
            for term in terms:
                self.term_count[term] += 1
                self.actors_of[term].update(event.actors)

    def implied(self, terms: Iterable[str]) -> dict[int, list[float]]:
        """For each actor how strongly terms speak for it, strongest first."""
        found: defaultdict[int, list[float]] = defaultdict(list)
        for term in terms:
            total = self.term_count[term]
            for actor, count in self.actors_of[term].items() if total else ():
                found[actor].append(count / (total + _DOUBT))
        return {actor: sorted(shares, reverse=True) for actor, shares in found.items()}
