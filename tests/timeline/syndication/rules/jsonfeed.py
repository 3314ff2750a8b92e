"""JSON Feed 1.1 as a JSON Schema, from the text of its specification; no member is unknown."""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string", "minLength": 1}
URL = {"type": "string", "pattern": r"^https?://[^\s<>\"]+$"}
MOMENT = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
}
EXTENSIONS: dict[str, Any] = {"^_[a-zA-Z][^.]*$": {"type": "object"}}


def _object(required: list[str], **members: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "properties": members,
        "patternProperties": EXTENSIONS,
        "additionalProperties": False,
    }


AUTHORS = {
    "type": "array",
    "minItems": 1,
    "items": {**_object([], name=TEXT, url=URL, avatar=URL), "minProperties": 1},
}
ITEM = _object(
    ["id"],
    id=TEXT,
    url=URL,
    external_url=URL,
    title=TEXT,
    content_html=TEXT,
    content_text=TEXT,
    summary=TEXT,
    image=URL,
    banner_image=URL,
    date_published=MOMENT,
    date_modified=MOMENT,
    authors=AUTHORS,
    tags={"type": "array", "items": TEXT, "uniqueItems": True},
    language={"type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]+)*$"},
)
ITEM["anyOf"] = [{"required": ["content_html"]}, {"required": ["content_text"]}]
SCHEMA = _object(
    ["version", "title", "items"],
    version={"const": "https://jsonfeed.org/version/1.1"},
    title=TEXT,
    home_page_url=URL,
    feed_url=URL,
    description=TEXT,
    user_comment=TEXT,
    next_url=URL,
    icon=URL,
    favicon=URL,
    authors=AUTHORS,
    language={"type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]+)*$"},
    expired={"type": "boolean"},
    hubs={"type": "array", "items": _object(["type", "url"], type=TEXT, url=URL)},
    items={"type": "array", "items": ITEM},
)
