"""What machines that read pages find, and how a person finds all of it."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from django.test import Client

from events.models import Event
from tests.timeline.conftest import MakeEvent

pytestmark = pytest.mark.django_db
NAMESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def test_sitemaps_list_what_is_published_with_its_last_change(
    client: Client, make_event: MakeEvent
) -> None:
    shown = make_event("shown", actors=("OpenAI",))
    make_event("waiting", status="draft")
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    maps = [loc.text or "" for loc in index.iterfind("s:sitemap/s:loc", NAMESPACE)]
    assert [path.rpartition("/")[2] for path in maps] == ["sitemap-events.xml", "sitemap-pages.xml"]
    events = ElementTree.fromstring(client.get("/sitemap-events.xml").content)
    (loc,) = events.iterfind("s:url/s:loc", NAMESPACE)
    assert loc.text == f"http://localhost:8000/events/{shown.public_id}/shown/"
    assert events.find("s:url/s:lastmod", NAMESPACE) is not None
    pages = client.get("/sitemap-pages.xml").content.decode()
    assert "/actors/openai/" in pages
    assert "/follow/" in pages


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/robots.txt", "Sitemap: http://localhost:8000/sitemap.xml"),
        ("/humans.txt", "http://localhost:8000/follow/"),
        ("/.well-known/security.txt", "Contact: mailto:moderators@airace.example"),
    ],
)
def test_small_files(client: Client, db: None, path: str, said: str) -> None:
    response = client.get(path)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert said in response.content.decode().splitlines()[-1] or said in response.content.decode()


def test_an_event_page_says_itself_as_json_ld(client: Client, make_event: MakeEvent) -> None:
    event = make_event("r1", title="</script><b>", date="2025-01", publishers=("DeepSeek", "NPR"))
    page = client.get(f"/events/{event.public_id}/r1/").content.decode()
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, flags=re.S)
    article = json.loads(text)
    assert article["@type"] == "Article"
    assert article["headline"] == "</script><b>"
    assert article["temporalCoverage"] == "2025-01-01/2025-01-31"
    assert [work["publisher"]["name"] for work in article["citation"]] == ["DeepSeek", "NPR"]


def test_the_follow_page_gives_every_address_for_the_filter(
    client: Client, make_event: MakeEvent
) -> None:
    make_event("chip", category="chips")
    page = client.get("/follow/?category=chips").content.decode()
    addresses = re.findall(r'<input [^>]*value="([^"]+)" readonly', page)
    assert len(addresses) == 10
    assert all(address.endswith("?category=chips") for address in addresses)
    assert sum(address.startswith("webcal://") for address in addresses) == 2
    for address in addresses:
        path = address.partition("localhost:8000")[2]
        assert client.get(path).status_code == 200, path
    assert Event.objects.count() == 1
