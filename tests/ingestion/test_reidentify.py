"""Stored sources that today's rules take for one document."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from events.models import Citation, Claim, Decision, Entry, Event, Feed, Source
from events.moderation.lifecycle import create_event
from events.moderation.undo import undo
from tests.moderation.making import make_draft

pytestmark = pytest.mark.django_db
OLD = "https://m.example.org/r1?utm_source=rss"
NEW = "https://example.org/r1"


def reidentify(*options: str) -> list[str]:
    out = StringIO()
    call_command("reidentify", *options, stdout=out)
    return out.getvalue().splitlines()


def event_of() -> Event:
    return create_event(make_draft(), by=None)


def source(address: str) -> Source:
    return Source.objects.create(canonical_url=address, url=address, title="R1")


@pytest.fixture
def pair(db: None) -> tuple[Source, Source, Entry]:
    """One document, stored twice before the rules knew; an entry and an event lead to the later."""
    kept, later = source(NEW), source(OLD)
    feed = Feed.objects.create(url="https://feeds.example.org/1")
    return kept, later, Entry.objects.create(feed=feed, guid_key="1", title="R1", source=later)


def test_a_dry_run_says_what_would_merge_by_which_rule_and_changes_nothing(
    pair: tuple[Source, Source, Entry],
) -> None:
    kept, later, entry = pair
    assert reidentify("--dry-run") == [
        f"source {later.pk} {OLD} is source {kept.pk} {NEW}: mirror host, query",
        "1 sources would be merged, 1 addresses renewed.",
    ]
    entry.refresh_from_db()
    assert entry.source == later
    assert not Decision.objects.exists()


def test_merged_sources_keep_their_rows_and_hand_on_entries_and_citations(
    pair: tuple[Source, Source, Entry],
) -> None:
    kept, later, entry = pair
    event = event_of()
    Citation.objects.create(event=event, source=kept)
    reidentify()
    for row in (entry, later):
        row.refresh_from_db()
    assert (entry.source, later.copy_of) == (kept, kept)
    assert reidentify()[-1] == "0 sources were merged, 0 addresses renewed."


def test_a_cited_source_is_the_one_that_stays_and_takes_the_address() -> None:
    older, cited = source("https://www.example.org/r1"), source(OLD)
    event = event_of()
    Citation.objects.create(event=event, source=cited)
    reidentify()
    for row in (older, cited):
        row.refresh_from_db()
    assert (cited.canonical_url, older.copy_of) == (NEW, cited)
    assert event.citations.filter(source=cited).exists()


def test_a_merge_is_a_decision_that_can_be_undone(pair: tuple[Source, Source, Entry]) -> None:
    _, later, entry = pair
    reidentify()
    decision = Decision.objects.get(source=later)
    assert decision.reason == "Two addresses of one document (mirror host, query)."
    undo(decision, by=None)
    for row in (entry, later):
        row.refresh_from_db()
    assert (entry.source, later.copy_of) == (later, None)


def test_a_claim_that_cites_both_addresses_keeps_both_and_is_left_alone_from_then_on(
    pair: tuple[Source, Source, Entry],
) -> None:
    kept, later, _ = pair
    claim = Claim.objects.create(event=event_of(), text="It is so.", said_by="DeepSeek")
    for each in (kept, later):
        claim.citations.create(source=each)
    reidentify()
    assert set(claim.citations.values_list("source", flat=True)) == {kept.pk, later.pk}
    assert reidentify()[-1] == "0 sources were merged, 0 addresses renewed."
    decided = Decision.objects.count()
    claim.citations.filter(source=kept).delete()
    reidentify()
    assert Decision.objects.count() == decided + 1
    assert list(claim.citations.values_list("source", flat=True)) == [kept.pk]


def test_an_event_that_cites_both_addresses_loses_neither_citation(
    pair: tuple[Source, Source, Entry],
) -> None:
    kept, later, _ = pair
    event = event_of()
    before = set(event.citations.values_list("source", flat=True))
    Citation.objects.create(event=event, source=kept)
    Citation.objects.create(event=event, source=later)
    reidentify()
    assert set(Event.objects.get(pk=event.pk).citations.values_list("source", flat=True)) == {
        *before,
        kept.pk,
        later.pk,
    }
    assert reidentify()[-1] == "0 sources were merged, 0 addresses renewed."
