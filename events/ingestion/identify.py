"""Which entry of the feed a draft is. Pure: the same rows and drafts give the same answer.

The order of the rules is the order of trust: the GUID, then the canonical address (the GUID
changed), then the content (both changed, and the entry it was is gone from the document).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from events.ingestion.types import EntryDraft, Known, Match, Rule

# Shorter texts repeat by accident: "Weekly update", "Open thread".
TELLING_LENGTH = 80


def identify(drafts: Sequence[EntryDraft], known: Iterable[Known]) -> list[Match]:
    """One match per draft, in order; no entry is matched twice."""
    rows = list(known)
    by_guid = {row.guid_key: row for row in rows}
    by_url = {row.canonical_url: row for row in rows if row.canonical_url}
    by_content = {row.content_hash: row for row in rows}
    taken: set[int] = set()
    matches: dict[str, Match] = {}

    def claim(draft: EntryDraft, row: Known | None, rule: Rule) -> None:
        if row is not None and row.id not in taken and draft.guid_key not in matches:
            taken.add(row.id)
            matches[draft.guid_key] = Match(draft, row.id, rule)

    # Rule by rule over all drafts, so that a weak rule never takes a row from a strong one.
    for draft in drafts:
        claim(draft, by_guid.get(draft.guid_key), "guid")
    for draft in drafts:
        claim(draft, by_url.get(draft.canonical_url), "url in feed")
    for draft in drafts:
        row = by_content.get(draft.content_hash)
        if row is not None and _is_same_content(draft, row):
            claim(draft, row, "content")
    return [matches.get(draft.guid_key) or Match(draft, None, "new") for draft in drafts]


def _is_same_content(draft: EntryDraft, row: Known) -> bool:
    if not draft.canonical_url:
        return not row.canonical_url
    is_telling = len(draft.title) + len(draft.summary) >= TELLING_LENGTH
    is_dated = draft.published_at is not None and draft.published_at == row.published_at
    return is_telling and is_dated
