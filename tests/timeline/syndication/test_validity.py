"""Every feed as validators judge it: no error and no warning, whatever the record holds."""

from __future__ import annotations

import json
from itertools import product

import html5lib
import jsonschema
import pytest
from django.test import Client
from lxml import etree
from pytest_django import Settings

from events.models import Actor, Claim, Decision, Event, Participation
from events.moderation.step import decide, step
from tests.timeline.conftest import MakeEvent
from tests.timeline.syndication.rules import complaints
from tests.timeline.syndication.rules.jsonfeed import SCHEMA

pytestmark = pytest.mark.django_db

FILTERS = [
    "",
    "?category=chips",
    "?actor=openai&region=CN",
    "?q=DeepSeek%20R1%20%E4%B8%AD%E5%9B%BD",
    "?tag=h20&importance=2&claims=disputed",
    "?to=2030&from=2019-01",
]
# What a title may hold, and validators or readers take for something else.
UGLY = {
    "markup": "<b>Bold</b> & <script>alert(1)</script> </title>",
    "entities": "AT&T &amp; R&D2 &lt;tag&gt; &#60; &copy;",
    "quotes": '“It\'s” "so" ]]> -- ?> <!-- -->',
    "languages": "深度求索发布 R1 العربية עברית \u202eevil\u202c 👩‍🚀",
    "controls": "a\x01b\x0bc\x7fd\x85e\u2028f\ufffdg\ufffeh",
    "code page": "CafÃ© \x93quoted\x94",
}


def judged(client: Client, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200
    return complaints(
        response.content, response.headers["Content-Type"], f"http://testserver{path}"
    )


@pytest.fixture
def ugly_record(make_event: MakeEvent) -> list[Event]:
    """Events whose every text is hostile, some of them corrected, merged and retracted."""
    made = []
    for name, text in UGLY.items():
        event = make_event(
            name.replace(" ", "-"),
            category="chips",
            regions=["CN"],
            tags=["h20", "r-d"],
            actors=("OpenAI",),
            claims=("disputed", "refuted"),
            publishers=("A & <B>", "NPR"),
        )
        text = text.replace("\ufffe", "")  # the database takes it; our forms do not
        with step(by=None, reason=text):
            event.title = text
            event.summary = f"{text}\n\n* [relative](/x) <i>\n* `code` **{text}**\n\n<p>loose"
            event.save()
            Claim.objects.filter(event=event).update(text=text, said_by=text, reason=text)
            decide(Decision.Action.CORRECT, by=None, reason=text, event=event, is_public=True)
        made.append(event)
    ugly = Actor.objects.create(name="Smith & <Sons></b> &amp; Co", slug="smith", kind="company")
    Participation.objects.create(event=made[0], actor=ugly, position=5)
    with step(by=None):
        Event.objects.filter(pk=made[1].pk).update(status="merged", merged_into=made[0])
        Event.objects.filter(pk=made[2].pk).update(status="retracted", status_reason="A <hoax>.")
        for event, action in ((made[1], "merge"), (made[2], "retract")):
            decide(Decision.Action(action), by=None, event=event, is_public=True)
    return made


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_feeds_of_all_filters_and_languages_are_without_fault(
    client: Client, ugly_record: list[Event], form: str
) -> None:
    for prefix, stream, query in product(("", "/zh-hans"), ("events", "changes"), FILTERS):
        path = f"{prefix}/feeds/{stream}.{form}{query}"
        assert judged(client, path) == [], path


def test_json_feeds_keep_to_the_schema_and_their_html_is_sound(
    client: Client, ugly_record: list[Event], settings: Settings
) -> None:
    settings.WEBSUB_HUB = "https://hub.example/"
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for prefix, stream, query in product(("", "/zh-hans"), ("events", "changes"), FILTERS):
        path = f"{prefix}/feeds/{stream}.json{query}"
        response = client.get(path)
        assert response.headers["Content-Type"] == "application/feed+json; charset=utf-8"
        feed = json.loads(response.content)
        assert [error.message for error in validator.iter_errors(feed)] == [], path
        for item in feed["items"]:
            html5lib.HTMLParser(strict=True).parseFragment(item["content_html"])
            assert 'href="/' not in item["content_html"]


def test_a_query_that_makes_no_sense_makes_no_invalid_feed(
    client: Client, ugly_record: list[Event]
) -> None:
    for query in (
        "?q=%3C/script%3E%26lt;%26%23x3c;&colour=%3Cb%3E&category=%3C/b%3E&after=%3C/p%3E",
        "?q=%01%0B%C2%85%EF%BF%BF%EF%BF%BD&region=CN,US&%00=1",
        "?q=e%CC%81+%2B%2520%22~%5B1%5D&category=chips&category=policy",
    ):
        assert judged(client, f"/feeds/events.atom{query}") == [], query
        assert judged(client, f"/feeds/events.rss{query}") == [], query


def test_feeds_without_items_are_valid_too(client: Client, db: None) -> None:
    for stream, form in product(("events", "changes"), ("atom", "rss")):
        assert judged(client, f"/feeds/{stream}.{form}") == []


def test_the_log_as_a_feed_is_valid(client: Client, ugly_record: list[Event]) -> None:
    for query in ("", "?action=merge", "?by=nobody"):
        assert judged(client, f"/log/feed.atom{query}") == []


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_archives_are_valid(
    client: Client, make_event: MakeEvent, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timeline.syndication.archives.SIZE", 3)
    for number in range(7):
        make_event(f"event-{number}", publishers=("NPR",))
    response = client.get(f"/feeds/events.{form}")
    assert b"prev-archive" in response.content
    links = etree.fromstring(response.content).iter("{http://www.w3.org/2005/Atom}link")
    (older,) = (link.get("href") for link in links if link.get("rel") == "prev-archive")
    path = older.removeprefix("http://localhost:8000")
    assert b":archive" in client.get(path).content
    assert judged(client, path) == []


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        pytest.param('rel="self"', 'rel="via"', "MissingSelf", id="no self"),
        pytest.param("<title>", "<title>&lt;/b>", "ContainsUndeclaredHTML", id="markup"),
        pytest.param("+00:00</updated>", "</updated>", "InvalidRFC3339Date", id="no zone"),
        pytest.param("<id>tag:", "<id>tag: ", "InvalidTAG", id="id"),
        pytest.param(
            "&lt;em&gt;", "&lt;script&gt;x&lt;/script&gt;&lt;em&gt;", "SecurityRisk", id="script"
        ),
        pytest.param("&lt;/p&gt;", "&lt;/div&gt;", "NotHtml", id="bad HTML"),
        pytest.param('href="https:', "href=&quot;", "ContainsRelRef", id="relative link"),
        pytest.param("<summary", "<sumary", "SAXError", id="not XML"),
        pytest.param("</feed>", "<title>x</title></feed>", "MisplacedMetadata", id="order"),
    ],
)
def test_the_rules_find_what_is_wrong(
    client: Client, make_event: MakeEvent, before: str, after: str, named: str
) -> None:
    make_event("one", summary="It was *so*.")
    response = client.get("/feeds/events.atom")
    broken = response.content.decode().replace(before, after)
    found = complaints(
        broken.encode(), response.headers["Content-Type"], "http://testserver/feeds/events.atom"
    )
    assert broken != response.content.decode()
    assert [line for line in found if line.startswith(named)] != []
