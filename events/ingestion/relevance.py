"""Is a text about the AI race at all: systems, companies, chips, data centers, policy. Pure.

Lists of terms and the text's vector go into one logistic regression, whose probability the
admin's threshold cuts. `relevance_model.npz` is written by tests/benchmarks/stories/
train_relevance.py; docs/decisions/relevance.md says from what, and how well it does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from events.language.background import Floats, load_background
from events.language.words import MAX_TITLE_CHARS, clean

MODEL_FILE = Path(__file__).with_name("relevance_model.npz")
SUMMARY_CHARS = 600
_MOST = 3  # naming a thing more often makes it no more relevant
# Vectors have length 1; terms count up to 3: brought to one scale for the regression's penalty.
_TEXT_SCALE, _TITLE_SCALE = 3.0, 2.0

_CORE = r"""\b(?:a\.?i\.?|artificial intelligence|apple intelligence|machine learning|llms?
|large language models?|chatbots?|chatgpt|gpt-?\d\w*|openai|anthropic|deepseek|generative|agi
|gemini|copilot|mistral|claude|nvidia|altman|stargate)\b|人工智能|大模型|深度求索"""
_HARDWARE = r"""\b(?:chips?|chipmak\w+|semiconductors?|gpus?|tsmc|asml|hbm|data cent\w+|datacent\w+
|export controls?|wafers?|foundry|smic|huawei|processors?)\b|芯片|半导体|算力"""
_FIELD = r"""\b(?:deep learning|language models?|gpt-?\w*|llama|qwen|xai|grok|hugging ?face
|perplexity|neural|superintelligence|deepfakes?|midjourney|sora|stable diffusion|ascend|cerebras
|groq|cuda|hinton|lecun|hassabis|amodei|wenfeng|moonshot|zhipu|baichuan|minimax|bytedance|doubao
|ernie|robotaxis?|humanoid)\b|智能|英伟达|聊天机器人"""
_AROUND = r"""\b(?:robot\w*|algorithm\w*|models?|compute|intel|amd|microsoft|google|meta|apple
|amazon|tiktok)\b"""


def _terms(pattern: str) -> re.Pattern[str]:
    """For lower-case text: to ignore case takes thrice as long."""
    return re.compile(pattern.replace("\n", ""))


CORE, HARDWARE, FIELD, AROUND = map(_terms, (_CORE, _HARDWARE, _FIELD, _AROUND))


@dataclass(frozen=True)
class RelevanceModel:
    weights: Floats
    bias: float


@cache
def load_relevance_model(path: Path = MODEL_FILE) -> RelevanceModel:
    with np.load(path, allow_pickle=False) as file:
        return RelevanceModel(file["weights"], float(file["bias"]))


def relevances_of(texts: Sequence[tuple[str, str]]) -> list[float]:
    """Probability that each (title, summary) is about the AI race."""
    model = load_relevance_model()
    odds = relevance_signals(texts) @ model.weights + model.bias
    probability: list[float] = (1 / (1 + np.exp(-odds.astype(np.float64)))).tolist()
    return probability


def relevance_signals(texts: Sequence[tuple[str, str]]) -> Floats:
    """One row per (title, summary): counts of terms, then the vectors of text and title."""
    cleaned = [(clean(t, MAX_TITLE_CHARS), clean(s, SUMMARY_CHARS)) for t, s in texts]
    background = load_background()
    by_text = background.embed([f"{t} {s}" for t, s in cleaned])
    by_title = background.embed([t for t, _ in cleaned])
    counts = np.array([_counts(title, summary) for title, summary in cleaned], np.float32)
    return np.hstack([counts, by_text * _TEXT_SCALE, by_title * _TITLE_SCALE])


def _counts(title: str, summary: str) -> NDArray[np.float32]:
    title, summary = title.lower(), summary.lower()
    core, core_below = _count(CORE, title), _count(CORE, summary)
    hard, hard_below = _count(HARDWARE, title), _count(HARDWARE, summary)
    field, field_below = _count(FIELD, title), _count(FIELD, summary)
    about_ai = core + core_below > 0
    at_all = about_ai or hard + hard_below > 0
    named = [core, core_below, hard, hard_below, field, field_below, _count(AROUND, title)]
    return np.array([*named, about_ai, at_all, at_all or field + field_below > 0, not summary])


def _count(terms: re.Pattern[str], text: str) -> int:
    return min(_MOST, len(terms.findall(text)))
