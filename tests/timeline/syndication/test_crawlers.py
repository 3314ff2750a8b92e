"""What machines that read pages find, and how a person finds all of it."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree

from events.models import Event
from tests.timeline.conftest import MakeEvent
from tests.timeline.syndication.rules.schema_org import faults
from tests.timeline.syndication.rules.sitemap import INDEX, URLSET
from tests.timeline.syndication.rules.sitemap import NAMESPACE as SITEMAPS

pytestmark = pytest.mark.django_db
NAMESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def json_ld_of(page: str) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, flags=re.S)
    return dict(json.loads(text))


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


def test_sitemaps_keep_to_their_schema_and_name_this_site_only(
    client: Client, make_event: MakeEvent
) -> None:
    for number in range(3):
        make_event(f"event-{number}", actors=(f"Actor {number}",))
    for path, schema in (
        ("/sitemap.xml", INDEX),
        ("/sitemap-events.xml", URLSET),
        ("/sitemap-pages.xml", URLSET),
    ):
        response = client.get(path)
        assert response.headers["Content-Type"] == "application/xml"
        tree = etree.fromstring(response.content)
        assert schema.validate(tree), schema.error_log
        locations = [element.text or "" for element in tree.iter(f"{{{SITEMAPS}}}loc")]
        assert locations
        for location in locations:
            assert client.get(location.removeprefix("http://localhost:8000")).status_code == 200
    broken = etree.fromstring(response.content.replace(b"<lastmod>", b"<lastmod>x"))
    assert not URLSET.validate(broken)


def test_security_txt_holds_what_rfc_9116_wants(client: Client, db: None) -> None:
    lines = client.get("/.well-known/security.txt").content.decode().splitlines()
    fields = dict(line.split(": ", 1) for line in lines)
    assert len(fields) == len(lines)
    assert re.match("(mailto:|https:|tel:)", fields["Contact"])
    expires = datetime.datetime.fromisoformat(fields["Expires"])
    now = timezone.now()
    assert now + datetime.timedelta(days=30) < expires < now + datetime.timedelta(days=365)
    assert fields["Canonical"] == "http://localhost:8000/.well-known/security.txt"


def test_robots_may_read_what_readers_may(client: Client, db: None) -> None:
    rules = RobotFileParser()
    rules.parse(client.get("/robots.txt").content.decode().splitlines())
    for path in (
        "/",
        "/?category=chips",
        "/feeds/events.atom",
        "/data/events.csv",
        "/api/v1/events",
    ):
        assert rules.can_fetch("AnyBot", f"http://localhost:8000{path}")
    assert not rules.can_fetch("AnyBot", "http://localhost:8000/admin/")
    assert rules.site_maps() == ["http://localhost:8000/sitemap.xml"]


def test_json_ld_has_only_what_schema_org_knows(client: Client, make_event: MakeEvent) -> None:
    for number, date in enumerate(("2025-01-20", "2025-01~", "2025-01-10/2025-01-15", "2025/..")):
        event = make_event(
            f"event-{number}",
            title="深度求索 </script> “R1” & <b>" * (1 + 3 * number),
            date=date,
            actors=("OpenAI", "A & <B>"),
            publishers=("DeepSeek", "NPR"),
            claims=("refuted",),
        )
        page = client.get(event.get_absolute_url()).content.decode()
        (text,) = re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', page, flags=re.S
        )
        assert list(faults(json.loads(text))) == []
    assert list(faults({"@type": "Article", "headline": " ", "rating": 5})) != []


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
    article = json_ld_of(page)
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
