"""EDTF dates (ISO 8601-2): what may be written, and the bounds that follow from it.

Supported: `2025-01-20`, `2024-12`, `2022`, seasons `2025-21`, unspecified digits `202X`,
`~` approximate, `?` uncertain, `%` both, intervals `2025-01/2025-03`, open ends `2025-01/..`.
Bounds are the strict ones: `2022~` sorts and filters as the year 2022 and says that it is
approximate, instead of silently becoming three years wide.
"""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from edtf import EDTFParseException, parse_edtf
from edtf.parser.parser_classes import EDTFObject

EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
EXAMPLE = "Write a date such as 2025-01-20, 2024-12, 2022~ or 2025-01-10/2025-01-15."
_YEAR = r"\d{3}[\dX]"
_PLAIN = re.compile(r"^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$")
_POINT = re.compile(rf"^({_YEAR})(?:-(\d\d)(?:-(\d\d))?)?[~?%]?$")


class Precision(models.TextChoices):
    DAY = "day", "day"
    MONTH = "month", "month"
    SEASON = "season", "season"
    YEAR = "year", "year"
    DECADE = "decade", "decade"
    INTERVAL = "interval", "interval"


@dataclass(frozen=True)
class DateBounds:
    """What an EDTF string says: inclusive bounds (None = open end) and how precisely."""

    earliest: datetime.date | None
    latest: datetime.date | None
    precision: Precision
    is_approximate: bool
    is_uncertain: bool


@lru_cache(maxsize=8192)
def read_edtf(text: str) -> DateBounds:
    """Parse `text`; raise ValidationError with an example when it is not a date we take."""
    text = text.strip()
    parts = text.split("/")
    earliest, latest = _bounds(text)
    if len(parts) > 2 or any(p not in ("", "..") and not _POINT.match(p) for p in parts):
        raise ValidationError(f"“{text}” is not a date we can place. {EXAMPLE}", code="edtf")
    if earliest is None and latest is None:
        raise ValidationError(f"“{text}” has neither beginning nor end. {EXAMPLE}", code="edtf")
    if earliest and latest and earliest > latest:
        raise ValidationError(f"“{text}” ends before it begins. {EXAMPLE}", code="edtf")
    for bound in (earliest, latest):
        if bound and not EARLIEST_YEAR <= bound.year <= LATEST_YEAR:
            raise ValidationError(
                f"“{text}” lies outside {EARLIEST_YEAR}–{LATEST_YEAR}. {EXAMPLE}", code="edtf"
            )
    return DateBounds(
        earliest,
        latest,
        _precision(parts),
        is_approximate="~" in text or "%" in text,
        is_uncertain="?" in text or "%" in text,
    )


def _bounds(text: str) -> tuple[datetime.date | None, datetime.date | None]:
    # The grammar of EDTF takes the parser 10 ms; nearly all dates are plain, or between two such.
    plain = [_plain(point) for point in text.split("/")]
    if len(plain) <= 2 and plain[0] and plain[-1]:
        return plain[0][0], plain[-1][1]
    try:
        parsed: EDTFObject = parse_edtf(text)
    except EDTFParseException as error:
        raise ValidationError(f"“{text}” is not a date. {EXAMPLE}", code="edtf") from error
    return _bound(parsed.lower_strict()), _bound(parsed.upper_strict())


def _plain(point: str) -> tuple[datetime.date, datetime.date] | None:
    """First and last day of a plain year, month or day; None for all else, seasons too."""
    match = _PLAIN.match(point)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    with suppress(ValueError):
        if month is None:
            return datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        first = datetime.date(year, month, day or 1)
        last = first if day else datetime.date(year, month, monthrange(year, month)[1])
        return first, last
    return None


def _bound(value: Any) -> datetime.date | None:
    if isinstance(value, float):  # the package writes open ends as ±infinity
        return None
    if value.tm_year < 1:  # EDTF knows the year 0, datetime does not; both are out of range
        return datetime.date.min
    return datetime.date(value.tm_year, value.tm_mon, value.tm_mday)


def _precision(parts: list[str]) -> Precision:
    if len(parts) == 2:
        return Precision.INTERVAL
    match = _POINT.match(parts[0])
    assert match
    year, month, day = match.groups()
    if day:
        return Precision.DAY
    if month:
        return Precision.SEASON if int(month) > 20 else Precision.MONTH
    return Precision.DECADE if "X" in year else Precision.YEAR


def validate_edtf(text: str) -> None:
    read_edtf(text)


if TYPE_CHECKING:  # only the stubs make CharField generic
    _CharField = models.CharField[str, str]
else:
    _CharField = models.CharField


class EdtfField(_CharField):
    """An EDTF string that writes its bounds into sibling columns whenever it is saved.

    The model must carry `earliest`, `latest`, `precision`, `is_approximate` and `is_uncertain`
    (see DatedModel).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, validate_edtf]

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        text = super().pre_save(model_instance, add)
        bounds = read_edtf(text)
        for name in ("earliest", "latest", "precision", "is_approximate", "is_uncertain"):
            setattr(model_instance, name, getattr(bounds, name))
        return text.strip()


class DatedModel(models.Model):
    """A model with one EDTF `date` and what follows from it. Bounds are inclusive; null = open.

    `date` comes first: Django saves fields in order, and it fills in the others.
    """

    date = EdtfField(help_text="EDTF: 2025-01-20, 2024-12, 2022~, 2025-01-10/2025-01-15.")
    earliest = models.DateField(null=True, editable=False)
    latest = models.DateField(null=True, editable=False)
    precision = models.CharField(max_length=10, choices=Precision.choices, editable=False)
    is_approximate = models.BooleanField(default=False, editable=False)
    is_uncertain = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True

    @property
    def bounds(self) -> DateBounds:
        return read_edtf(self.date)


def bounds_constraint(name: str) -> models.CheckConstraint:
    """At least one end is known and the beginning is not after the end."""
    return models.CheckConstraint(
        name=name,
        condition=(
            models.Q(earliest__lte=models.F("latest"))
            | models.Q(earliest__isnull=True, latest__isnull=False)
            | models.Q(earliest__isnull=False, latest__isnull=True)
        ),
    )
