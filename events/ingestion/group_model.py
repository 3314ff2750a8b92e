"""The trained pair model: how likely two texts tell of one happening. numpy only.

A small ensemble of one-layer networks over the signals of `group_pairs`, averaged, then
calibrated. `group_model.npz` (no pickle) is written by tests/benchmarks/stories/train.py;
docs/decisions/grouping.md says from what, and how well it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from events.language.background import Background, Floats, load_background

MODEL_FILE = Path(__file__).with_name("group_model.npz")
# Signals beyond this many standard deviations say no more.
_CLIP = 6.0


@dataclass(frozen=True)
class GroupModel:
    """All that was learned: the background, the networks, the threshold."""

    background: Background
    signal_names: tuple[str, ...]
    mean: Floats
    scale: Floats
    hidden: Floats  # networks × signals × units
    hidden_bias: Floats  # networks × units
    output: Floats  # networks × units
    output_bias: Floats  # networks
    slope: float  # calibration of the mean log-odds
    shift: float
    threshold: float  # mean probability above which two groups are joined

    def probability(self, signals: Floats) -> Floats:
        """Calibrated probability for each row of signals."""
        scaled = np.clip((signals - self.mean) / self.scale, -_CLIP, _CLIP)
        log_odds = np.zeros(len(signals), np.float32)
        for weights, bias, output, output_bias in zip(
            self.hidden, self.hidden_bias, self.output, self.output_bias, strict=True
        ):
            log_odds += np.maximum(scaled @ weights + bias, 0) @ output + output_bias
        log_odds /= len(self.hidden)
        answer: Floats = 1 / (1 + np.exp(-(self.slope * log_odds + self.shift)))
        return answer.astype(np.float32)


@cache
def load_model(path: Path = MODEL_FILE) -> GroupModel:
    with np.load(path, allow_pickle=False) as file:
        return GroupModel(
            background=load_background(),
            signal_names=tuple(str(name) for name in file["signal_names"]),
            mean=file["mean"],
            scale=file["scale"],
            hidden=file["hidden"],
            hidden_bias=file["hidden_bias"],
            output=file["output"],
            output_bias=file["output_bias"],
            slope=float(file["slope"]),
            shift=float(file["shift"]),
            threshold=float(file["threshold"]),
        )


def save_model(model: GroupModel, path: Path) -> None:
    """Write the networks; the background is saved on its own."""
    np.savez_compressed(
        path,
        signal_names=np.array(model.signal_names),
        mean=model.mean,
        scale=model.scale,
        hidden=model.hidden,
        hidden_bias=model.hidden_bias,
        output=model.output,
        output_bias=model.output_bias,
        slope=model.slope,
        shift=model.shift,
        threshold=model.threshold,
    )
