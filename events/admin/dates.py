"""What the machine understood of a date that somebody is typing."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.utils.dateformat import format as write
from django.views.decorators.http import require_GET

from events.models.dates import DateBounds, Precision, read_edtf

FORMATS = {
    Precision.DAY: "j F Y",
    Precision.MONTH: "F Y",
    Precision.YEAR: "Y",
}


def in_words(text: str) -> str:
    """`2024-12` gives "December 2024, month known"; raises ValidationError with an example."""
    bounds = read_edtf(text)
    said = _said(bounds)
    if bounds.is_approximate:
        said = f"about {said}"
    known = "from and to known" if bounds.precision == Precision.INTERVAL else None
    if bounds.earliest is None or bounds.latest is None:
        known = "one end open"
    uncertain = ", uncertain" if bounds.is_uncertain else ""
    return f"{said}, {known or f'{bounds.precision.label} known'}{uncertain}"


def _said(bounds: DateBounds) -> str:
    if bounds.precision in FORMATS and bounds.earliest:
        return write(bounds.earliest, FORMATS[bounds.precision])
    return f"{_day(bounds.earliest, 'any time')} to {_day(bounds.latest, 'now')}"


def _day(day: datetime.date | None, otherwise: str) -> str:
    return write(day, "j F Y") if day else otherwise


@require_GET
def understood(request: HttpRequest) -> JsonResponse:
    """For the small script beside every date field; without it the form says the same on save."""
    try:
        return JsonResponse({"text": in_words(request.GET.get("date", "")), "ok": True})
    except ValidationError as error:
        return JsonResponse({"text": error.messages[0], "ok": False})
