"""Who is who: the actors of the record by name, and by what they are known for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from events.language.gazetteer import Gazetteer

KNOWN_FOR_FILE = Path(__file__).with_name("known_for.yaml")


@dataclass(frozen=True)
class ActorNames:
    """An actor as the record names it."""

    key: int
    name: str
    aliases: Sequence[str]
    kind: str

    def all(self) -> list[str]:
        """Names by which a headline calls it: of persons the last one too."""
        names = [self.name, *self.aliases]
        if self.kind == "person" and " " in self.name:
            names.append(self.name.rsplit(" ", 1)[1])
        return names


class KnownFor:
    """Phrases that stand for actors: "Claude" for Anthropic, "Entity List" for who keeps it.

    Unlike a name a phrase may stand for several.
    """

    def __init__(self, phrases: Mapping[str, Iterable[int]]) -> None:
        self._owners = [frozenset(keys) for keys in phrases.values()]
        self._phrases = Gazetteer({n: [phrase] for n, phrase in enumerate(phrases)})

    def keys(self, text: str) -> set[int]:
        """All actors whom the text means by what they are known for."""
        return {key for n in self._phrases.keys(text) for key in self._owners[n]}


@dataclass(frozen=True)
class Who:
    gazetteer: Gazetteer
    known_for: KnownFor
    kinds: Mapping[int, str]

    @classmethod
    def of(cls, actors: Iterable[ActorNames]) -> Who:
        """Actors the file does not speak of are known by name alone, and by the record's lore."""
        everyone = list(actors)
        key_of = {name: actor.key for actor in everyone for name in (*actor.aliases, actor.name)}
        phrases: dict[str, set[int]] = {}
        for name, meant_by in _known_for().items():
            for phrase in meant_by if name in key_of else ():
                phrases.setdefault(phrase, set()).add(key_of[name])
        return cls(
            gazetteer=Gazetteer({actor.key: actor.all() for actor in everyone}),
            known_for=KnownFor(phrases),
            kinds={actor.key: actor.kind for actor in everyone},
        )


@cache
def _known_for() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load(KNOWN_FOR_FILE.read_text("utf-8"))
    return found
