"""Sums and other large numbers as a headline writes them: $65 billion is $65 bln. Pure."""

from __future__ import annotations

import re

_UNITS = {
    "k": 1e3,
    "万": 1e4,
    "m": 1e6,
    "mn": 1e6,
    "mln": 1e6,
    "million": 1e6,
    "亿": 1e8,
    "b": 1e9,
    "bn": 1e9,
    "bln": 1e9,
    "billion": 1e9,
    "t": 1e12,
    "trillion": 1e12,
}
_AMOUNT = re.compile(
    r"(?<![\w.])(\d[\d,]*(?:\.\d+)?)[\s-]?(万|亿|(?:million|mln|mn|m|billion|bln|bn|b|trillion|t|k)\b)",
    re.IGNORECASE,
)


def amounts(text: str) -> frozenset[float]:
    """All numbers with a unit of size, of money or not, in units."""
    return frozenset(
        round(float(number.replace(",", "")) * _UNITS[unit.lower()], 2)
        for number, unit in _AMOUNT.findall(text)
    )
