"""Nothing that somebody wrote becomes markup that acts, wherever a page shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote, urlsplit

import html5lib
import pytest
from django.core.cache import cache
from django.test import Client

from events.models import Citation, Claim, Event, Participation, Source
from events.moderation.step import step
from events.suggestions import guard
from tests.timeline.conftest import MakeEvent, make_actor
from tests.timeline.payloads import payloads
from timeline.markdown import highlighted, rendered

ALL = list(payloads())
XHTML = "{http://www.w3.org/1999/xhtml}"
ADDRESSES = {"href", "src", "action", "formaction", "data", "srcdoc", "poster", "xlink:href"}
SCHEMES = {"", "http", "https", "mailto", "webcal"}
# What our own pages are made of; anything else came from outside.
FOREIGN = {"iframe", "object", "embed", "style", "math", "template", "marquee", "img"}
FOREIGN |= {"video", "audio", "animate", "set", "foreignObject", "noscript", "isindex"}


def faults(html: str, *, whole: bool = True) -> list[str]:
    """What could act in `html`, as a browser would parse it."""
    parse = html5lib.parse if whole else html5lib.parseFragment
    found = []
    for element in parse(html, namespaceHTMLElements=False).iter():
        name = str(element.tag).rpartition("}")[2]
        if name in FOREIGN:
            found.append(f"<{name}>")
        if name == "base" and dict(element.attrib) != {"target": "_blank"}:
            found.append("<base>")  # ours opens links of a frame outside of it
        if name == "script":
            found += _script_faults(element)
        found += [f"{name} {a}={v}" for a, v in element.attrib.items() if _acts(str(a), v)]
    return found


def _script_faults(element: Any) -> Iterator[str]:
    kind, source = element.get("type", ""), element.get("src", "")
    if not source.startswith("/static/") and kind != "application/ld+json":
        yield f"script {source} {element.text}"


def _acts(name: str, value: str) -> bool:
    name = name.rpartition("}")[2].lower()
    if name in ("style", "http-equiv", "srcdoc") or name.startswith(("on", "hx-", "data-hx-on")):
        return True
    if name not in ADDRESSES:
        return False
    return urlsplit(re.sub(r"[\x00-\x20]", "", value)).scheme.lower() not in SCHEMES


def test_there_are_five_hundred_payloads_and_the_check_sees_them() -> None:
    assert len(set(ALL)) >= 500
    acting = [text for text in ALL[:54] if faults(text, whole=False)]
    assert len(acting) > 35, "as raw HTML most of them act"


def test_no_payload_acts_as_markdown_or_as_a_marked_word() -> None:
    marked = re.compile("fail|script|img|on", re.IGNORECASE)
    for text in ALL:
        for html in (rendered(text), rendered(text, marked), highlighted(text, marked)):
            assert faults(html, whole=False) == [], text


@pytest.fixture
def hostile_record(make_event: MakeEvent) -> list[Event]:
    """All payloads in every text that a page shows, forty to an event."""
    return [
        make_hostile(make_event, number, texts)
        for number, texts in enumerate(ALL[n : n + 40] for n in range(0, len(ALL), 40))
    ]


def make_hostile(make_event: MakeEvent, number: int, texts: list[str]) -> Event:
    texts = [text.replace("\x00", "") for text in texts]  # PostgreSQL takes no NUL
    every = "\n\n".join(texts)
    fives = [texts[n : n + 5] for n in range(0, len(texts), 5)]
    event = make_event(
        f"hostile-{number}",
        title="".join(texts)[:300],
        summary=every,
        date=f"2025-01-{number % 28 + 1:02}",
        importance=number % 3 + 1,
        claims=("refuted",) * len(fives),
        publishers=tuple(
            f"{number}.{place} {''.join(five)}"[:115] for place, five in enumerate(fives)
        ),
        tags=["x"],
    )
    actor = make_actor(f"{number} {''.join(texts)}"[:190], slug=f"a-{number}", aliases=texts[:20])
    claims = Claim.objects.filter(event=event).order_by("position")
    citations = Citation.objects.filter(event=event).order_by("position")
    with step(by=None, reason=every):
        Participation.objects.create(event=event, actor=actor, position=0)
        for five, claim, citation in zip(fives, claims, citations, strict=True):
            claim.text, claim.reason = five[0], "\n\n".join(five)
            claim.said_by, claim.reported_by = "".join(five)[:300], "".join(five[::-1])[:300]
            claim.save()
            citation.quote = "\n".join(five)
            citation.save()
            Source.objects.filter(pk=citation.source_id).update(
                title=" ".join(five), author="".join(five)[:300], note=citation.quote
            )
        event.save()
    return event


@pytest.mark.django_db
def test_no_payload_acts_on_any_page_of_the_record(
    client: Client, hostile_record: list[Event]
) -> None:
    urls = ["/?show=40", "/?q=fail", "/claims/", "/race/", "/actors/", "/log/", "/embed/"]
    urls += ["/topics/x/", "/zh-hans/", "/?actor=a-1", "/feeds/watched/"]
    for number, event in enumerate(hostile_record):
        urls += [event.get_absolute_url(), f"/embed/events/{event.public_id}/"]
        urls += [f"{event.get_absolute_url()}history/", f"/actors/a-{number}/"] * (number % 7 == 0)
    for url in urls:
        response = client.get(url, follow=True)
        assert response.status_code == 200, url
        assert faults(response.content.decode()) == [], url


NO_NUMBERS = ("²", "9" * 5000, "9" * 30, "-1", "1e400", "nan", "\x00", "1_0")
NUMBERED = ("/live/?since=", "/log/?before=", "/?show=", "/?after=", "/?more=", "/?at=")
NAMED = ("/log/?event=", "/log/?by=", "/suggest/?event=")


@pytest.mark.django_db
@pytest.mark.parametrize("address", [*NUMBERED, *NAMED])
def test_what_no_row_can_have_is_no_error(client: Client, address: str) -> None:
    for text in NO_NUMBERS:
        assert client.get(address + quote(text), follow=True).status_code in (200, 204), text[:9]


@pytest.mark.django_db
def test_no_payload_acts_where_it_is_echoed(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(guard, "PER_HOUR", 1000)
    monkeypatch.setattr(guard, "AT_LEAST_SECONDS", -1)
    cache.clear()
    for text in islice(ALL, 0, None, 29):
        query = {"q": text, "category": text, "from": text, "actor": text}
        echoes = [client.get("/", query, follow=True), client.get(f"/x/{quote(text)}")]
        sent = {"kind": "event", "text": text, "url": text, "stamp": text}
        echoes += [client.post("/suggest/", sent)]
        for response in echoes:
            assert faults(response.content.decode()) == [], text
