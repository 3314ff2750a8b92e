"""What ninja's OpenAPI leaves out: where, under which licence, headers, problems and examples."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from timeline.api import problems
from timeline.api.examples import EXAMPLES
from timeline.syndication.ids import absolute

_TEXT = {"schema": {"type": "string"}}
_NUMBER = {"schema": {"type": "integer"}}
HEADERS = {
    "ETag": {"description": "new only when the record is", **_TEXT},
    "Last-Modified": _TEXT,
    "RateLimit-Limit": {"description": "requests a minute", **_NUMBER},
    "RateLimit-Remaining": _NUMBER,
    "RateLimit-Reset": {"description": "seconds until the count begins anew", **_NUMBER},
}


def described(schema: dict[str, Any], when: dict[int, str]) -> dict[str, Any]:
    """`schema` completed in place; `when` says what each problem's status means."""
    schema["servers"] = [{"url": settings.SITE_URL}]
    schema["info"]["license"] = {"name": "Licence of the data", "url": settings.DATA_LICENSE}
    schema["info"]["contact"] = {"url": absolute(reverse("timeline:api_page"))}
    schema["externalDocs"] = {"url": absolute(reverse("timeline:api_page"))}
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            _complete(operation, EXAMPLES[path.rpartition("/api/v1/")[2]], when)
    return schema


def _complete(operation: dict[str, Any], example: Any, when: dict[int, str]) -> None:
    for parameter in operation.get("parameters", []):
        # Ninja copies the list of the JSON Schema, where OpenAPI wants examples by name.
        if values := parameter.pop("examples", None):
            parameter["examples"] = {f"example {n}": {"value": v} for n, v in enumerate(values, 1)}
    answers = operation["responses"]
    answer = answers.get(200) or answers["200"]
    answer["headers"] = HEADERS
    answer["content"]["application/json"]["examples"] = {"answer": {"value": example}}
    answers.setdefault(304, {"description": "unchanged since the ETag that was sent"})
    for status, text in when.items():
        problem = {"schema": problems.SCHEMA, "examples": {"problem": {"value": _problem(status)}}}
        answers.setdefault(status, {"description": text, "content": {problems.TYPE: problem}})


def _problem(status: int) -> dict[str, Any]:
    errors = [{"parameter": "colour", "message": "There is no such parameter. Known: q, actor."}]
    details = {
        400: ("Bad Request", "Unknown: colour."),
        404: ("Not Found", "There is no event 2222222."),
        406: ("Not Acceptable", "This address answers GET, HEAD, OPTIONS with application/json."),
        410: ("Gone", "Event 2222222 was retracted: it was a hoax."),
        429: ("Too Many Requests", "Too many requests in this minute."),
    }
    title, detail = details[status]
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return {**body, "errors": errors} if status == 400 else body
