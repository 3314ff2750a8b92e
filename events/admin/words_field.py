"""A form field for regions and tags."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class WordsField(forms.CharField):
    """Short words in one line, separated by commas or spaces."""

    def __init__(self, *, each: Any, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.each = each

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        return list(dict.fromkeys((super().to_python(value) or "").replace(",", " ").split()))

    def validate(self, value: Any) -> None:
        for word in value:
            try:
                self.each(word)
            except ValidationError as error:
                raise ValidationError(f"“{word}”: {error.messages[0]}") from error

    def run_validators(self, value: Any) -> None:
        """Each word was validated by itself."""
