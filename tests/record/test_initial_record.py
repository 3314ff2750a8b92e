"""The initial record as readers and moderators get it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from events.ingestion.canonical import canonicalize_url
from events.models import (
    Actor,
    Citation,
    Claim,
    Decision,
    Event,
    Feed,
    Publisher,
    Relation,
    Revision,
    Source,
)
from events.moderation.importing import import_record
from events.record.reading import INITIAL, Record, read_record


@pytest.fixture(scope="module", autouse=True)
def initial_record(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Record]:
    """The record, imported once for all tests here, which only read."""
    record = read_record(INITIAL, canonicalize=canonicalize_url)
    with django_db_blocker.unblock(), transaction.atomic():
        import_record(record, by=None, now=timezone.now())
        yield record
        transaction.set_rollback(True)


def test_the_whole_record_is_there(initial_record: Record) -> None:
    assert Event.objects.count() == len(initial_record.events) == 397
    assert Event.objects.published().count() == 395
    assert Citation.objects.filter(event__isnull=False).count() == 935
    assert Claim.objects.count() == 86
    assert Relation.objects.count() == 282
    assert Actor.objects.count() == 205
    assert Feed.objects.count() == 112
    assert not Event.objects.published().filter(citations__isnull=True).exists()


def test_every_event_leaves_one_decision_and_one_revision() -> None:
    assert Decision.objects.filter(action="import").count() == 397
    assert Decision.objects.filter(is_public=True).count() == 395
    assert Revision.objects.count() == 397
    assert set(Event.objects.values_list("revision_number", flat=True)) == {1}


def test_no_two_events_are_published_at_the_same_moment_and_the_newest_comes_last() -> None:
    published = Event.objects.published().order_by("-first_published_at")
    assert published.values("first_published_at").distinct().count() == 395
    days = [str(event.earliest or event.latest) for event in published]
    assert days == sorted(days, reverse=True)


def test_drafts_wait_and_are_not_public() -> None:
    drafts = Event.objects.filter(status=Event.Status.DRAFT)
    assert set(drafts.values_list("slug", flat=True)) == {
        "entity-list-biren-2023",
        "claude-fable-5-1",
    }
    assert not drafts.filter(first_published_at__isnull=False).exists()


def test_a_document_cited_by_two_events_is_one_source() -> None:
    paper = Source.objects.get(canonical_url="https://arxiv.org/abs/2412.19437")
    assert {event.slug for event in paper.events.all()} >= {"deepseek-v3"}
    assert Source.objects.filter(url__contains="2412.19437").count() == 1


def test_a_growing_document_keeps_its_earliest_date_and_each_citation_its_own() -> None:
    changelog = Source.objects.get(url="https://api-docs.deepseek.com/updates")
    assert changelog.published == "2025-08-21"
    assert dict(changelog.citations.values_list("event__slug", "cited_date")) == {
        "deepseek-v3-1": "2025-08-21",
        "deepseek-v3-2-exp": "2025-09-29",
        "deepseek-v3-2": "2025-12-01",
    }


def test_the_source_without_address_says_why() -> None:
    source = Source.objects.get(canonical_url=None)
    assert source.note == "No address known; the text was read in full."
    assert source.publisher is not None


def test_a_source_only_a_claim_names_is_known_by_its_address() -> None:
    source = Source.objects.get(url="https://x.com/elonmusk/status/1881923570458304780")
    assert (source.kind, source.url_seen, source.title_is_description) == ("social", False, True)
    assert source.publisher == Publisher.objects.get(name="X")


def test_feeds_whose_address_nobody_opened_are_off_and_polls_are_spread() -> None:
    assert not Feed.objects.filter(url_seen=False, is_enabled=True).exists()
    assert Feed.objects.filter(is_enabled=True).exists()
    assert Feed.objects.values("next_poll_at").distinct().count() == 112


def test_unvetted_outlets_are_marked() -> None:
    assert not Publisher.objects.get(name="AI Act Blog").is_rated
    assert Publisher.objects.get(name="Reuters").is_rated


@pytest.mark.parametrize(
    ("event", "url", "role"),
    [
        pytest.param("deepseek-v3", "https://arxiv.org/abs/2412.19437", "primary", id="paper"),
        pytest.param(
            "stargate-announced",
            "https://openai.com/index/announcing-the-stargate-project/",
            "primary",
            id="the actor's own page",
        ),
        pytest.param(
            "altman-on-r1",
            "https://x.com/sama/status/1884066337103962416",
            "primary",
            id="the speaker's own post",
        ),
        pytest.param(
            "bis-ai-diffusion-rule",
            "https://akingump.com/en/insights/ai-law-and-regulation-tracker/bis-issues-new-framework-for-ai-diffusion",
            "analysis",
            id="a law firm explains",
        ),
        pytest.param(
            "meta-deepseek-scramble",
            "https://www.teamblind.com/post/Meta-genai-org-in-panic-mode-KccnF41n",
            "reaction",
            id="an anonymous post",
        ),
        pytest.param(
            "deepseek-r1",
            "https://arstechnica.com/ai/2025/01/china-is-catching-up-with-americas-best-reasoning-ai-models/",
            "report",
            id="press",
        ),
    ],
)
def test_citations_say_what_the_source_is_for_the_event(event: str, url: str, role: str) -> None:
    assert Citation.objects.get(event__slug=event, source__url=url).role == role


# The January 2025 reporting on DeepSeek, statement by statement.
EVENTS = [
    ("deepseek-v3", "2024-12-26", "DeepSeek"),
    ("deepseek-app", "2025-01-10/2025-01-15", "app"),
    ("deepseek-r1", "2025-01-20", "o1"),
    ("jim-fan-deepseek-post", "2025-01-20", "Jim Fan"),
    ("liang-li-qiang-symposium", "2025-01-20", "Li Qiang"),
    ("stargate-announced", "2025-01-21", "Stargate"),
    ("alexandr-wang-davos", "2025-01-23", "50,000 H100"),
    ("nature-nyt-cnbc-on-deepseek", "2025-01-23/2025-01-24", "Nature"),
    ("meta-deepseek-scramble", "2025-01-23/2025-01-28", "Meta"),
    ("meta-65bn-capex", "2025-01-24", "$65 billion"),
    ("deepseek-app-store-top", "2025-01-26", "App Store"),
    ("deepseek-cyberattacks", "2025-01-27", "attacks"),
    ("nvidia-record-loss", "2025-01-27", "$589 billion"),
    ("trump-deepseek-wake-up-call", "2025-01-27", "wake-up call"),
    ("openai-distillation-claim", "2025-01-29", "OpenAI"),
    ("qwen2-5-max", "2025-01-29", "Qwen2.5-Max"),
    ("semianalysis-deepseek-costs", "2025-01-31", "SemiAnalysis"),
    ("global-times-deepseek-article", "2025-01~", "Global Times"),
]


@pytest.mark.parametrize(("slug", "date", "words"), EVENTS, ids=[row[0] for row in EVENTS])
def test_the_deepseek_reporting_is_there_as_events(slug: str, date: str, words: str) -> None:
    event = Event.objects.published().get(slug=slug)
    assert event.date == date
    assert words in event.title
    assert event.citations.exists()


CLAIMS = [
    ("deepseek-v3", "The final training run took 2.788 million", "supported", 5_576_000, "USD"),
    ("deepseek-v3", "Training V3 cost about $6 million", "disputed", 6_000_000, "USD"),
    ("deepseek-v3", "Meta spends $60 million", "unverified", 60_000_000, "USD"),
    ("deepseek-r1", "R1 performs on par with OpenAI’s o1", "supported", None, ""),
    ("deepseek-r1", "In tests of chemistry", "supported", None, ""),
    ("deepseek-r1", "The model was built with less powerful chips", "disputed", None, ""),
    ("jim-fan-deepseek-post", "A non-US company is keeping", "supported", None, ""),
    ("stargate-announced", "The partners intend to invest", "supported", 500_000_000_000, "USD"),
    ("stargate-announced", "President Biden announced", "refuted", 500_000_000_000, "USD"),
    ("stargate-announced", "The partners do not actually have", "disputed", None, ""),
    ("alexandr-wang-davos", "DeepSeek has about 50,000 H100", "disputed", 50_000, "GPUs"),
    ("nature-nyt-cnbc-on-deepseek", "A little-known Chinese lab", "disputed", None, ""),
    ("nature-nyt-cnbc-on-deepseek", "DeepSeek built a competitive", "supported", 2048, "GPUs"),
    ("nature-nyt-cnbc-on-deepseek", "The result puts the usefulness", "disputed", None, ""),
    ("meta-deepseek-scramble", "Engineers at Meta are hurrying", "unverified", None, ""),
    ("meta-65bn-capex", "Capital spending of $60 to 65", "supported", 65_000_000_000, "USD"),
    ("deepseek-app-store-top", "2.6 million downloads", "supported", 2_600_000, "downloads"),
    ("deepseek-cyberattacks", "Brute-force attempts", "unverified", None, ""),
    ("nvidia-record-loss", "The loss was about", "supported", 589_000_000_000, "USD"),
    ("nvidia-record-loss", "DeepSeek is an excellent advance", "supported", None, ""),
    ("openai-distillation-claim", "DeepSeek distilled OpenAI", "unverified", None, ""),
    ("qwen2-5-max", "Qwen2.5-Max outperforms", "unverified", None, ""),
    ("semianalysis-deepseek-costs", "DeepSeek’s server capital", "unverified", 1.6e9, "USD"),
    ("global-times-deepseek-article", "DeepSeek’s success proves", "disputed", None, ""),
    ("global-times-deepseek-article", "The restrictions cost", "unverified", None, ""),
    ("global-times-deepseek-article", "DeepSeek’s model is cheaper", "disputed", None, ""),
    ("global-times-deepseek-article", "DeepSeek cannot give more", "unverified", None, ""),
    ("global-times-deepseek-article", "DeepSeek takes no outside", "unverified", None, ""),
    ("global-times-deepseek-article", "DeepSeek’s open approach", "unverified", None, ""),
    ("global-times-deepseek-article", "The US and China have room", "unverified", None, ""),
    ("global-times-deepseek-article", "President Biden announced", "refuted", 5e11, "USD"),
    ("global-times-deepseek-article", "Meta spends $60 million", "unverified", 6e7, "USD"),
    ("global-times-deepseek-article", "Low cost with high", "unverified", None, ""),
    ("global-times-deepseek-article", "Innovation and open source", "unverified", None, ""),
    ("global-times-deepseek-article", "DeepSeek’s model performs", "disputed", None, ""),
]


@pytest.mark.parametrize(
    ("slug", "text", "status", "value", "unit"), CLAIMS, ids=[f"{c[0]}: {c[1]}" for c in CLAIMS]
)
def test_the_deepseek_reporting_is_there_as_claims(
    slug: str, text: str, status: str, value: float | None, unit: str
) -> None:
    claim = Claim.objects.get(event__slug=slug, text__startswith=text)
    assert claim.status == status
    assert claim.said_by
    assert claim.quantity_value == (Decimal(value) if value else None)
    assert claim.quantity_unit == unit
    assert claim.reason or status not in ("disputed", "refuted")


def test_no_claim_of_those_events_is_left_out() -> None:
    told = Claim.objects.filter(event__slug__in=[slug for slug, _, _ in EVENTS]).count()
    assert told == len(CLAIMS)


def test_the_refuted_biden_claim_shows_the_evidence_against_it() -> None:
    claim = Claim.objects.get(event__slug="stargate-announced", status="refuted")
    assert claim.reason.startswith("Wrong president")
    assert {(row.source.url, row.stance) for row in claim.citations.all()} == {
        ("https://openai.com/index/announcing-the-stargate-project/", "disputes"),
        ("https://www.wbfo.org/2025-01-21/what-did-trump-do-on-his-first-full-day", "disputes"),
    }


def test_a_disputed_claim_tells_its_own_source_from_the_one_against_it() -> None:
    claim = Claim.objects.get(text="Training V3 cost about $6 million.")
    assert dict(claim.citations.values_list("source__url", "stance")) == {
        "https://arxiv.org/abs/2412.19437": "supports",
        "https://semianalysis.com/2025/01/31/deepseek-debates/": "disputes",
    }


def test_whoever_is_named_exactly_is_linked() -> None:
    claim = Claim.objects.get(text__startswith="Charges tied to H20")
    assert claim.said_by == "Nvidia"
    assert claim.said_by_actor == Actor.objects.get(name="NVIDIA")
    assert claim.reported_by_publisher == Publisher.objects.get(name="Reuters")
    assert (claim.quantity_value, claim.quantity_unit) == (Decimal(5_500_000_000), "USD")
