"""What a browser would send when a person opened an admin form and changed some fields."""

from __future__ import annotations

from typing import Any

from django.test import Client


def opened(client: Client, address: str) -> dict[str, Any]:
    """All fields of the form as they stand, inlines included."""
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values: dict[str, Any] = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is True:
                values[bound.html_name] = "on"
            elif value is not None and value is not False:
                values[bound.html_name] = value
    return values
