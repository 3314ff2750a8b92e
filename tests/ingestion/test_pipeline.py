"""What a poll makes of a feed that changed, failed, moved or repeats itself."""

from __future__ import annotations

import datetime

import pytest

from events.admin.feeds import health_of
from events.ingestion import claims
from events.ingestion.parse import parse
from events.ingestion.pipeline import ingest_feed, ingest_feeds
from events.ingestion.store import ClaimLost, accept
from events.ingestion.types import Fetched, FetchError, NotModified
from events.models import Entry, Feed, FeedRun, Publisher, Source
from tests.ingestion.conftest import NOW, Poll, item, rss

pytestmark = pytest.mark.django_db


def _now() -> datetime.datetime:
    return NOW


def _taken(*feeds: Feed) -> list[Feed]:
    claimed = {claims.claim(feed.pk, NOW) for feed in feeds}
    [at] = claimed
    assert at is not None
    return claims.take([feed.pk for feed in feeds], at, NOW)


HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


def test_an_entry_becomes_a_source_with_the_publisher_of_its_host(feed: Feed, poll: Poll) -> None:
    publisher = Publisher.objects.create(name="Example", slug="e", hosts=["example.org"])
    result = poll(feed, rss(item()))
    source = Source.objects.get()
    assert (result.new, result.new_source_ids) == (1, [source.pk])
    assert source.canonical_url == "https://news.example.org/r1"
    assert source.publisher == publisher
    assert source.published_at == datetime.datetime(2025, 1, 20, 12, tzinfo=datetime.UTC)
    assert Entry.objects.get().matched_by == "new"


def test_the_same_document_again_is_not_read_again(feed: Feed, poll: Poll) -> None:
    poll(feed, rss(item()))
    assert poll(feed, rss(item()), NOW + HOUR).outcome == "not-modified"


@pytest.mark.parametrize(
    ("second", "rule"),
    [
        pytest.param({"guid": "other"}, "url in feed", id="GUID changed"),
        pytest.param({"title": "DeepSeek unveils R1"}, "guid", id="title edited"),
        pytest.param({"link": "https://news.example.org/renamed"}, "guid", id="address changed"),
        pytest.param({"link": "http://www.news.example.org/r1/?utm_source=x"}, "guid", id="scheme"),
        pytest.param({"date": "Tue, 21 Jan 2025 12:00:00 GMT"}, "guid", id="date moved"),
        pytest.param({"guid": ""}, "url in feed", id="GUID lost"),
    ],
)
def test_a_changed_entry_stays_one_entry_and_one_source(
    feed: Feed, poll: Poll, second: dict[str, str], rule: str
) -> None:
    poll(feed, rss(item()))
    result = poll(feed, rss(item(**second)), NOW + HOUR)
    assert result.new == 0
    assert Source.objects.count() == 1
    entry = Entry.objects.get()
    assert entry.matched_by in (rule, "new")


def test_an_entry_with_new_guid_and_new_address_is_known_by_its_text(
    feed: Feed, poll: Poll
) -> None:
    text = "The model reasons at length before it answers, and its weights are free to use. " * 2
    poll(feed, rss(item(description=text)))
    poll(feed, rss(item("2", link="https://new.example.org/r1", description=text)), NOW + HOUR)
    assert Entry.objects.get().matched_by == "content"
    assert Source.objects.count() == 1


def test_an_edited_title_keeps_the_old_one(feed: Feed, poll: Poll) -> None:
    poll(feed, rss(item()))
    poll(feed, rss(item(title="DeepSeek unveils R1")), NOW + HOUR)
    entry = Entry.objects.get()
    assert entry.title == "DeepSeek unveils R1" == Source.objects.get().title
    assert [old["title"] for old in entry.old_titles] == ["DeepSeek releases R1"]


def test_dates_that_move_at_each_poll_stay_at_the_earliest(feed: Feed, poll: Poll) -> None:
    poll(feed, rss(item()))
    result = poll(feed, rss(item(date="Mon, 27 Jan 2025 11:00:00 GMT")), NOW + HOUR)
    assert Entry.objects.get().published_at == datetime.datetime(
        2025, 1, 20, 12, tzinfo=datetime.UTC
    )
    assert (result.updated, result.known) == (0, 1)


def test_one_article_from_two_feeds_is_one_source(feed: Feed, poll: Poll) -> None:
    other = Feed.objects.create(url="https://other.example.org/feed")
    poll(feed, rss(item()))
    result = poll(other, rss(item("x", link="https://www.news.example.org/r1#comments")))
    assert (result.new, result.new_source_ids) == (1, [Source.objects.get().pk])
    assert [entry.matched_by for entry in other.entries.all()] == ["url"]
    assert Source.objects.get().entries.count() == 2


def test_a_guid_that_all_entries_share_identifies_nothing(feed: Feed, poll: Poll) -> None:
    items = [item("https://example.org", title, f"https://example.org/{title}") for title in "abc"]
    poll(feed, rss(*items))
    poll(feed, rss(*items, head="<ttl>60</ttl>"), NOW + HOUR)
    assert Source.objects.count() == Entry.objects.count() == 3


def test_a_rejected_entry_keeps_its_row_and_reason_and_does_not_come_twice(
    feed: Feed, poll: Poll
) -> None:
    first = poll(feed, rss(item(link="mailto:a@example.org")))
    second = poll(feed, rss(item(link="mailto:a@example.org"), head="<ttl>1</ttl>"), NOW + HOUR)
    assert (first.rejected, second.rejected, second.known) == (1, 0, 1)
    entry = Entry.objects.get()
    assert (entry.state, entry.source) == (Entry.State.REJECTED, None)
    assert "not an http(s) address" in entry.reason


def test_a_failure_is_kept_in_words_and_the_next_poll_comes_later_each_time(
    feed: Feed, poll: Poll
) -> None:
    waits = []
    for _ in range(3):
        poll(feed, FetchError("no answer in time", kind="timeout"))
        waits.append(feed.next_poll_at - NOW)
    assert feed.failure_count == 3
    assert feed.last_error == "no answer in time"
    assert waits == sorted(waits)
    assert feed.is_enabled
    poll(feed, NotModified(url=feed.url))
    assert (feed.failure_count, feed.last_error) == (0, "")


def test_a_feed_that_is_gone_is_asked_again_after_a_week(feed: Feed, poll: Poll) -> None:
    poll(feed, FetchError("gone (HTTP 410)", kind="gone", status=410))
    assert feed.is_enabled
    assert 7 * DAY <= feed.next_poll_at - NOW <= 8 * DAY


def test_a_permanent_redirect_is_believed_after_three_days(feed: Feed, poll: Poll) -> None:
    old, new = feed.url, "https://new.example.org/feed"
    for days in (0, 1):
        poll(feed, NotModified(url=new, moved_to=new), NOW + days * DAY)
        assert feed.url == old
    poll(feed, NotModified(url=new, moved_to=new), NOW + 3 * DAY)
    assert (feed.url, feed.former_urls, feed.moved_to) == (new, [old], "")


def test_a_redirect_that_goes_away_is_forgotten(feed: Feed, poll: Poll) -> None:
    new = "https://new.example.org/feed"
    poll(feed, NotModified(url=new, moved_to=new))
    poll(feed, NotModified(url=feed.url), NOW + DAY)
    poll(feed, NotModified(url=new, moved_to=new), NOW + 3 * DAY)
    assert feed.url != new


def test_validators_are_kept_for_the_next_request(feed: Feed, poll: Poll) -> None:
    poll(feed, Fetched(url=feed.url, body=rss(item()).encode(), etag='"1"', last_modified="then"))
    assert (feed.etag, feed.last_modified) == ('"1"', "then")


def test_a_poll_keeps_how_often_entries_come_and_when_the_last_one_came(
    feed: Feed, poll: Poll
) -> None:
    """Without them no feed is ever found silent."""
    days = [
        item(str(day), f"Day {day}", date=f"{day} Jan 2025 12:00:00 GMT") for day in range(10, 20)
    ]
    poll(feed, rss(*days))
    assert (feed.usual_gap, feed.newest_entry_at) == (DAY, NOW.replace(day=19))
    assert health_of(feed, NOW).state == "well"
    assert health_of(feed, NOW + 10 * DAY).state == "silent"


def test_a_feed_that_has_gone_silent_is_asked_less_often(feed: Feed, poll: Poll) -> None:
    poll(feed, rss(item(date="Mon, 27 Jan 2025 11:50:00 GMT")))
    busy = feed.interval
    poll(feed, NotModified(url=feed.url), NOW + 10 * DAY)
    assert busy < 6 * HOUR <= feed.interval <= 7 * HOUR


def test_what_a_moderator_wrote_while_the_feed_was_polled_stays(feed: Feed) -> None:
    [taken] = _taken(feed)
    Feed.objects.filter(pk=feed.pk).update(title="As a person has it")
    ingest_feed(
        taken,
        fetch=lambda request: Fetched(request.url, rss(item()).encode()),
        parse=parse,
        now=_now,
    )
    feed.refresh_from_db()
    assert feed.title == "As a person has it"


def test_a_feed_that_cannot_be_stored_says_so_and_costs_the_others_nothing(feed: Feed) -> None:
    """The database refuses a rejection without a reason; here a rule makes one."""
    other = Feed.objects.create(url="https://other.example.org/feed")
    results = ingest_feeds(
        _taken(feed, other),
        fetch=lambda request: Fetched(request.url, rss(item(link=f"{request.url}/1")).encode()),
        parse=parse,
        now=_now,
        judge=lambda feed: (lambda _: (Entry.State.DROPPED, "")) if feed == other else accept,
    )
    feed.refresh_from_db()
    other.refresh_from_db()
    assert (feed.entries.count(), feed.failure_count, feed.last_error) == (1, 0, "")
    assert (other.entries.count(), other.failure_count) == (0, 1)
    assert "entry_rejection_has_reason" in other.last_error
    assert other.next_poll_at > NOW
    assert sorted(result.outcome for result in results) == ["failed", "ok"]


def test_feeds_stored_together_share_the_source_of_one_article(feed: Feed) -> None:
    other = Feed.objects.create(url="https://other.example.org/feed")
    results = ingest_feeds(
        _taken(feed, other),
        fetch=lambda request: Fetched(request.url, rss(item()).encode()),
        parse=parse,
        now=_now,
    )
    assert [result.new for result in results] == [1, 1]
    assert sorted(Source.objects.get().entries.values_list("matched_by", flat=True)) == [
        "new",
        "url",
    ]


def test_each_poll_leaves_a_run(feed: Feed, poll: Poll) -> None:
    poll(feed, rss(item()))
    poll(feed, "<html><title>Login</title></html>", NOW + HOUR)
    runs = FeedRun.objects.filter(feed=feed)
    assert [(run.outcome, run.new) for run in runs] == [("failed", 0), ("ok", 1)]
    assert "web page" in runs[0].error


def test_a_poll_whose_claim_ran_out_stores_nothing(feed: Feed) -> None:
    claimed = claims.claim(feed.pk, NOW)
    assert claimed is not None
    [taken] = claims.take([feed.pk], claimed, NOW)
    later = NOW + 2 * claims.LEASE
    assert claims.claim(feed.pk, later) is not None

    with pytest.raises(ClaimLost):
        ingest_feed(
            taken,
            fetch=lambda request: Fetched(url=request.url, body=rss(item()).encode()),
            parse=parse,
            now=lambda: later,
        )
    assert Entry.objects.count() == Source.objects.count() == FeedRun.objects.count() == 0


def test_a_claim_can_be_begun_once(feed: Feed) -> None:
    ids, claimed = claims.claim_due(NOW + 10 * 365 * DAY, 10)
    assert ids == [feed.pk]
    now = NOW + 10 * 365 * DAY
    assert claims.claim_due(now, 10)[0] == []
    assert claims.take([feed.pk], claimed, now) == [feed]
    assert claims.take([feed.pk], claimed, now) == []
