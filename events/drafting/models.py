"""The small models of drafting: one file, no pickle, evaluated by numpy.

`drafting_model.npz` is written by tests/benchmarks/stories/train_drafting.py from the initial
record; docs/decisions/drafting.md says how well it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from events.drafting.choosing import Likeness
from events.language.background import Floats

TAKES_PART = 0.35  # the probability from which an actor is proposed
MODEL_FILE = Path(__file__).with_name("drafting_model.npz")


@dataclass(frozen=True)
class DraftingModel:
    actor_weights: Floats
    actor_bias: float
    categories: tuple[str, ...]
    category_weights: Floats
    category_bias: Floats
    likeness: Likeness

    def takes_part(self, signs: Floats) -> float:
        return _chance(float(signs @ self.actor_weights) + self.actor_bias)

    def category(self, signs: Floats) -> str:
        return self.categories[int(np.argmax(self.category_weights @ signs + self.category_bias))]


@cache
def load_drafting_model(path: Path = MODEL_FILE) -> DraftingModel:
    with np.load(path, allow_pickle=False) as file:
        return DraftingModel(
            actor_weights=file["actor_weights"],
            actor_bias=float(file["actor_bias"]),
            categories=tuple(str(name) for name in file["categories"]),
            category_weights=file["category_weights"],
            category_bias=file["category_bias"],
            likeness=Likeness(
                weights=file["likeness_weights"],
                bias=file["likeness_bias"],
                standing=file["likeness_standing"],
                enough=file["likeness_enough"],
            ),
        )


def _chance(odds: float) -> float:
    return 1 / (1 + float(np.exp(-odds)))
