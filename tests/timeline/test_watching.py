"""What we watch, for readers and for their feed readers."""

import pytest
from django.test import Client

from events.ingestion.opml import read_opml
from events.models import Feed, Publisher

pytestmark = pytest.mark.django_db


@pytest.fixture
def feeds() -> None:
    lab = Publisher.objects.create(
        name="Lab & Co", slug="lab", kind="lab", homepage="https://lab.example/"
    )
    Feed.objects.create(url="https://lab.example/feed?a=1&b=2", publisher=lab, lang="en")
    Feed.objects.create(url="https://off.example/feed", is_enabled=False)
    Feed.objects.create(url="http://127.0.0.1:8765/replay/x.xml", kind="replay")


def test_readers_see_the_feeds_that_are_polled_and_no_others(client: Client, feeds: None) -> None:
    shown = client.get("/feeds/watched/").content.decode()
    assert "1 feed is watched." in shown
    assert '<a href="https://lab.example/" rel="noopener">Lab &amp; Co</a>' in shown
    assert "not read yet" in shown
    assert "off.example" not in shown
    assert "replay" not in shown


def test_the_list_is_opml_that_feed_readers_take(client: Client, feeds: None) -> None:
    response = client.get("/feeds/watched.opml")
    assert response.headers["Content-Type"].startswith("text/x-opml")
    (line,) = read_opml(response.content)
    assert (line.url, line.title) == ("https://lab.example/feed?a=1&b=2", "Lab & Co")
