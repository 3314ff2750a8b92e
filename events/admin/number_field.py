"""A form field for quantities."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms


class PlainNumberField(forms.DecimalField):
    """Without the zeros by which the database fills up what nobody wrote."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value
