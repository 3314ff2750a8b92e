"""How long the history of polls is kept."""

import datetime

import pytest

from events.ingestion import history
from events.models import Feed, FeedRun
from tests.ingestion.conftest import NOW

DAY = datetime.timedelta(days=1)


def test_polls_of_more_than_thirty_days_ago_are_forgotten_chunk_by_chunk(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "CHUNK", 2)
    for days in (40, 35, 31, 29, 0):
        at = NOW - days * DAY
        FeedRun.objects.create(feed=feed, started_at=at, finished_at=at, outcome="ok")
    assert history.prune_runs(NOW) == 3
    assert history.prune_runs(NOW) == 0
    kept = FeedRun.objects.order_by("pk").values_list("started_at", flat=True)
    assert list(kept) == [NOW - 29 * DAY, NOW]
