"""One answer of each operation, as the description shows it. A test keeps them to the schema."""

from __future__ import annotations

from typing import Any

_ACTOR: dict[str, Any] = {
    "slug": "deepseek",
    "name": "DeepSeek",
    "kind": "lab",
    "country": "CN",
    "aliases": ["深度求索"],
    "homepage": "https://www.deepseek.com/",
}
_PUBLISHER: dict[str, Any] = {
    "slug": "reuters",
    "name": "Reuters",
    "kind": "press",
    "country": "GB",
    "homepage": "https://www.reuters.com/",
    "is_rated": True,
}
_SOURCE: dict[str, Any] = {
    "id": "s7f3k2m",
    "url": "https://www.reuters.com/technology/example",
    "title": "A report on the release",
    "title_is_description": False,
    "publisher": _PUBLISHER,
    "author": "",
    "kind": "press",
    "lang": "en",
    "published": "2025-01-21",
    "note": "",
    "archive_url": "",
}
_CITATION: dict[str, Any] = {
    "role": "report",
    "stance": "supports",
    "quote": "",
    "locator": "",
    "cited_date": "",
    "source": _SOURCE,
}
_DATE: dict[str, Any] = {
    "edtf": "2025-01-20",
    "earliest": "2025-01-20",
    "latest": "2025-01-20",
    "precision": "day",
    "is_approximate": False,
    "is_uncertain": False,
}
_CLAIM: dict[str, Any] = {
    "id": "c4m8x2p",
    "text": "The model was trained for less than six million dollars",
    "said_by": "DeepSeek",
    "said_by_actor": _ACTOR,
    "reported_by": "Reuters",
    "reported_by_publisher": _PUBLISHER,
    "quantity": {"value": 5576000, "unit": "USD"},
    "status": "disputed",
    "reason": "The figure leaves out research and hardware.",
    "sources": [_CITATION],
}
_EVENT: dict[str, Any] = {
    "id": "9bsxx9b",
    "slug": "deepseek-r1",
    "former_slugs": ["deepseek-model"],
    "url": "https://airace.example/events/9bsxx9b/deepseek-r1/",
    "record_id": "deepseek-r1",
    "title": "DeepSeek releases R1",
    "summary": "An open-weight reasoning model.",
    "date": _DATE,
    "category": "model-release",
    "importance": 3,
    "regions": ["CN"],
    "tags": ["open-weights"],
    "confidence": "",
    "status": "published",
    "status_reason": "",
    "merged_into": None,
    "first_published_at": "2026-01-05T09:30:00Z",
    "last_changed_at": "2026-01-06T10:00:00Z",
    "actors": [{**_ACTOR, "role": "lead"}],
    "dates": [],
    "sources": [_CITATION],
    "claims": [_CLAIM],
    "relations": [{"kind": "follows", "event": "7tq2w8k", "note": ""}],
}


def _page(row: dict[str, Any], cursor: str | None) -> dict[str, Any]:
    return {"edition": 120, "next_cursor": cursor, "results": [row]}


# By path below `/api/v1/`.
EXAMPLES: dict[str, Any] = {
    "edition": {"number": 120, "changed_at": "2026-01-06T10:00:00Z"},
    "events": _page(_EVENT, "1767605400000000-347"),
    "events/{event_id}": _EVENT,
    "claims": _page({**_CLAIM, "event": "9bsxx9b"}, "51"),
    "sources": _page(_SOURCE, "812"),
    "actors": _page(_ACTOR, None),
    "publishers": _page(_PUBLISHER, None),
    "changes": _page(
        {
            "edition": 120,
            "at": "2026-01-06T10:00:00Z",
            "event": "9bsxx9b",
            "status": "published",
            "revision": 2,
            "reason": "The price was in another currency.",
        },
        "977",
    ),
}
