"""What a poll needs: a feed that is claimed, a network that answers what the test says. And what
fetching needs: a server, and our door to it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

import pytest

from events.ingestion import claims
from events.ingestion.fetch import Door, Limits
from events.ingestion.parse import parse
from events.ingestion.pipeline import ingest_feed
from events.ingestion.topic_rules import judge_for
from events.ingestion.types import FeedRequest, Fetched, FetchError, IngestResult, NotModified
from events.models import Feed
from tests.ingestion.server import Server, serving

NOW = datetime.datetime(2025, 1, 27, 12, tzinfo=datetime.UTC)
QUICK = Limits(seconds=0.6, connect_seconds=0.5, raw_bytes=1_000_000, bytes=2_000_000)
FEED_URL = "https://feeds.example.org/news.xml"

Answer = str | bytes | Fetched | NotModified | FetchError
Poll = Callable[..., IngestResult]


def rss(*items: str, head: str = "") -> str:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel><title>News</title>{head}{body}</channel></rss>'


def item(
    guid: str = "1",
    title: str = "DeepSeek releases R1",
    link: str = "https://news.example.org/r1",
    date: str = "Mon, 20 Jan 2025 12:00:00 GMT",
    description: str = "",
) -> str:
    parts = {"guid": guid, "title": title, "link": link, "pubDate": date}
    parts["description"] = description
    return "".join(f"<{name}>{text}</{name}>" for name, text in parts.items() if text)


@pytest.fixture
def feed(db: None) -> Feed:
    return Feed.objects.create(url=FEED_URL)


@pytest.fixture
def poll() -> Poll:
    """Claim the feed and poll it once; the network answers `answer`."""

    def run(feed: Feed, answer: Answer, now: datetime.datetime = NOW) -> IngestResult:
        claimed = claims.claim(feed.pk, now)
        assert claimed is not None
        [taken] = claims.take([feed.pk], claimed, now)
        result = ingest_feed(
            taken,
            fetch=lambda request: _answer(request, answer),
            parse=parse,
            now=lambda: now,
            judge=judge_for(feed.pk),
        )
        feed.refresh_from_db()
        return result

    return run


def _answer(request: FeedRequest, answer: Answer) -> Fetched | NotModified:
    if isinstance(answer, FetchError):
        raise answer
    if isinstance(answer, str | bytes):
        body = answer.encode() if isinstance(answer, str) else answer
        return Fetched(url=request.url, body=body, byte_count=len(body))
    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def door(server: Server) -> Door:
    return Door(
        "Test/1 (+mailto:us@example.org)",
        allow=frozenset({server.address}),
        limits=QUICK,
        now=lambda: NOW,
    )


def failure(door: Door, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        door(FeedRequest(url))
    return caught.value
