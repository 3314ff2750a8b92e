"""What belongs to one event: history, citations, card, embeds, and whether something is new."""

from __future__ import annotations

import io
import json
import re
from html import unescape

import pytest
from django.test import Client
from PIL import Image

from events.models import Claim, Edition, Event
from events.moderation.step import step
from tests.timeline.conftest import MakeEvent
from timeline.history import Piece, compared
from timeline.sharecard import LINE, SIZES, TITLE_HEIGHT, drawable, fitted, has_glyph

pytestmark = pytest.mark.django_db


def edition() -> int:
    return Edition.objects.get().number


def test_history_shows_what_changed_and_not_what_was_before_publication(
    client: Client, make_event: MakeEvent
) -> None:
    event = make_event("r1", status="draft", claims=("unverified",), title="Secret working title")
    with step(by=None, reason="ready"):
        event.title, event.status = "DeepSeek releases R1", "published"
        event.first_published_at = event.recorded_at
        event.save()
    with step(by=None, reason="the date was a day off"):
        event.date = "2025-01-21"
        event.save()
        Claim.objects.filter(event=event).update(status="refuted", reason="Shown wrong.")
    page = client.get(event.get_absolute_url() + "history/").content.decode()
    assert "Secret" not in page
    assert "the date was a day off" in page
    changes = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page, flags=re.S)
    assert changes[0] == ("Date", "<del>20</del><ins>21</ins> January 2025")
    assert "<del>unverified</del><ins>refuted</ins>" in changes[1][1]


@pytest.mark.parametrize(
    ("before", "now", "pieces"),
    [
        ("same", "same", [Piece("", "same")]),
        ("", "new", [Piece("ins", "new")]),
        (
            "a red car",
            "a blue car",
            [Piece("", "a "), Piece("del", "red"), Piece("ins", "blue"), Piece("", " car")],
        ),
        (
            "深度求索",
            "深度搜索",
            [Piece("", "深度"), Piece("del", "求"), Piece("ins", "搜"), Piece("", "索")],
        ),
    ],
)
def test_texts_are_compared_word_by_word(before: str, now: str, pieces: list[Piece]) -> None:
    assert compared(before, now) == pieces


@pytest.fixture
def cited(make_event: MakeEvent) -> Event:
    return make_event("r1", title="R1 costs 100% & {less}")


def test_citations_are_well_formed(client: Client, cited: Event) -> None:
    def get(format: str) -> str:
        return client.get(f"{cited.get_absolute_url()}cite.{format}").content.decode()

    (item,) = json.loads(get("json"))
    assert (item["type"], item["title"]) == ("webpage", cited.title)
    assert item["URL"].endswith(cited.get_absolute_url())
    bibtex = get("bib")
    assert r"title = {{R1 costs 100\% \& \{less\}}}" in bibtex
    assert bibtex.count("{") == bibtex.count("}")
    lines = get("ris").split("\r\n")
    assert (lines[0], lines[1], lines[-2]) == ("TY  - ELEC", f"TI  - {cited.title}", "ER  - ")
    assert get("txt").startswith(f"“{cited.title}”, AI Race Timeline, as of ")
    assert client.get(f"{cited.get_absolute_url()}cite.doc").status_code == 404


def test_share_card_is_a_picture_of_the_right_size(client: Client, make_event: MakeEvent) -> None:
    event = make_event("r1", title="深度求索发布 R1", regions=["CN"])
    response = client.get(event.get_absolute_url() + "card.png")
    picture = Image.open(io.BytesIO(response.content))
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len(response.content) < 100_000
    assert (
        'property="og:image" content="http' in client.get(event.get_absolute_url()).content.decode()
    )


def test_what_is_shared_of_a_page_is_what_the_page_says(
    client: Client, make_event: MakeEvent
) -> None:
    event = make_event("r1", title="“R1” & more", date="2025-01-20", summary="Open weights.")
    site = "http://localhost:8000"

    def shared(path: str) -> dict[str, str]:
        found = re.findall(r'<meta property="og:(\S+)" content="([^"]*)">', page_at(path))
        return {name: unescape(value) for name, value in found}

    def page_at(path: str) -> str:
        return client.get(path).content.decode()

    own = shared(event.get_absolute_url())
    assert (own["type"], own["title"], own["site_name"]) == (
        "article",
        "“R1” & more",
        "AI Race Timeline",
    )
    assert own["url"] == site + event.get_absolute_url()
    assert own["image"] == f"{own['url']}card.png"
    assert own["image:alt"] == "“R1” & more, 20 January 2025"
    whole = shared("/")
    assert (whole["type"], whole["title"]) == ("website", "AI Race Timeline")
    assert (whole["url"], whole["image"]) == (f"{site}/", f"{site}/card.png")
    assert whole["image:alt"] == whole["description"] != ""


def test_card_has_a_glyph_for_what_it_draws() -> None:
    chinese = "深度求索发布R1，英伟达蒸发“5890亿”美元"
    assert drawable(chinese) == chinese
    assert all(map(has_glyph, chinese))
    assert not has_glyph("ő")
    assert drawable("OpenAI’s “proof” for Erdős") == 'OpenAI\'s "proof" for Erdos'


@pytest.mark.parametrize(
    "title", ["R1", "word " * 60, "字" * 300, "unbreakable" * 90, "e" + "\u0301" * 200, " "]
)
def test_every_title_stays_inside_its_card(title: str) -> None:
    size, lines = fitted(title, 1000)
    assert size in SIZES
    assert len(lines) * size * LINE <= TITLE_HEIGHT


def test_live_says_nothing_while_nothing_is_new_and_counts_what_is(
    client: Client, make_event: MakeEvent
) -> None:
    make_event("old")
    seen = edition()
    assert client.get(f"/live/?since={seen}").status_code == 204
    assert client.get("/live/?since=nonsense").status_code == 204
    Edition.objects.update(number=seen + 1, xact="")  # as the next transaction would find it
    make_event("new", category="policy")
    answer = client.get(f"/live/?since={seen}&category=policy").content.decode()
    assert '<a href="/?category=policy">1 new event</a>' in answer
    assert client.get(f"/live/?since={seen}&category=chips").status_code == 204


def test_embedded_pages_may_be_framed_by_anybody_and_others_by_nobody(
    client: Client, make_event: MakeEvent
) -> None:
    event = make_event("r1")
    for url in ("/embed/", f"/embed/events/{event.public_id}/"):
        response = client.get(url)
        assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in response.headers
        assert ">R1</a>" in response.content.decode()
    assert "frame-ancestors 'none'" in client.get("/").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "frame"),
    [
        ("/", "/embed/"),
        ("/?category=policy&utm=x", "/embed/?category=policy"),
        ("{event}", "/embed/events/{id}/"),
        ("/e/{id}", "/embed/events/{id}/"),
        ("/zh-hans/", "/embed/"),
    ],
)
def test_oembed_answers_for_our_addresses(
    client: Client, make_event: MakeEvent, settings: object, path: str, frame: str
) -> None:
    event = make_event("r1", title='R1 "quoted"')
    names = {"event": event.get_absolute_url(), "id": event.public_id}
    url = "http://localhost:8000" + path.format(**names)
    answer = client.get("/oembed/", {"url": url, "maxwidth": "400"}).json()
    assert (answer["version"], answer["type"], answer["width"]) == ("1.0", "rich", 400)
    assert f'src="http://localhost:8000{frame.format(**names)}"' in answer["html"]
    assert 'R1 "quoted"' not in answer["html"]


@pytest.mark.parametrize("url", ["", "https://other.example/", "http://localhost:8000/about/", "x"])
def test_oembed_answers_for_nothing_else(client: Client, url: str) -> None:
    assert client.get("/oembed/", {"url": url}).status_code == 404


def test_short_link_leads_to_the_event(client: Client, make_event: MakeEvent) -> None:
    event = make_event("r1")
    response = client.get(f"/e/{event.public_id}")
    assert response.headers["Location"] == event.get_absolute_url()


def test_claims_page_lists_what_is_in_doubt(client: Client, make_event: MakeEvent) -> None:
    make_event("r1", claims=("refuted", "supported"))
    make_event("secret", status="draft", claims=("refuted",))
    page = client.get("/claims/").content.decode()
    assert re.findall(r"<blockquote><p>([\w -]*)", page) == ["r1 claim 0"]
    supported = client.get("/claims/?status=supported").content.decode()
    assert re.findall(r"<blockquote><p>([\w -]*)", supported) == ["r1 claim 1"]


def test_drafts_have_no_page_of_any_kind(client: Client, make_event: MakeEvent) -> None:
    event = make_event("secret", status="draft")
    base = event.get_absolute_url()
    for url in (f"{base}history/", f"{base}cite.txt", f"{base}card.png", f"/e/{event.public_id}"):
        assert client.get(url).status_code == 404
    assert client.get(f"/embed/events/{event.public_id}/").status_code == 404
    assert client.get("/oembed/", {"url": f"http://localhost:8000{base}"}).status_code == 404
