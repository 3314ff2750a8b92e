"""Dates that are read without the grammar of EDTF say what the grammar says."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from edtf import EDTFParseException, parse_edtf

from events.models.dates import read_edtf


@pytest.mark.parametrize(
    "written",
    [
        "2025",
        "2024-02",
        "2023-02",
        "2024-12",
        "2025-01-20",
        "2024/2025",
        "2024-02/2024-03",
        "2025-01-10/2025-01-15",
        "2024-12/2025-01-03",
        "2025/2025-06-01",
        "2025-21",
        "2025-01/..",
    ],
)
def test_a_date_has_the_bounds_that_the_grammar_gives_it(written: str) -> None:
    def day(value: Any) -> datetime.date | None:
        return None if isinstance(value, float) else datetime.date(*value[:3])

    parsed = parse_edtf(written)
    bounds = read_edtf(written)
    assert (bounds.earliest, bounds.latest) == (
        day(parsed.lower_strict()),
        day(parsed.upper_strict()),
    )


@pytest.mark.parametrize(
    "written", ["2025-02-30", "2025-13", "2025-00", "2025-1", "2025-02-30/2025-03"]
)
def test_what_the_grammar_refuses_is_refused(written: str) -> None:
    with pytest.raises(EDTFParseException):
        parse_edtf(written)
    with pytest.raises(ValidationError):
        read_edtf(written)
