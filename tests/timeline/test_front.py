"""The front page in ten seconds: what it is, what mattered lately, what is in doubt."""

from __future__ import annotations

import io
import re

import pytest
from django.test import Client
from PIL import Image

from tests.timeline.conftest import MakeEvent
from tests.timeline.test_pages import text_of, titles

pytestmark = pytest.mark.django_db


def test_latest_turning_points_stand_before_the_list(client: Client, make_event: MakeEvent) -> None:
    make_event("minor", title="A minor thing", date="2025-03-01", importance=1)
    make_event("turn", title="A turning point", date="2025-01-20", importance=3)
    text = text_of(client.get("/"))
    assert text.index("Latest turning points") < text.index("A minor thing")
    assert "Latest turning points all 1 20 January 2025 A turning point" in text
    assert "Latest turning points" not in text_of(client.get("/?category=policy"))


def test_doubt_is_counted_and_leads_to_the_events(client: Client, make_event: MakeEvent) -> None:
    make_event("sure", date="2024-01-01", claims=("supported",))
    make_event("doubted", claims=("disputed", "refuted"))
    response = client.get("/")
    assert "2 events since January 2024" in text_of(response)
    assert "⊗ 1 with a refuted claim" in text_of(response)
    assert titles(client.get("/?claims=refuted")) == ["doubted"]
    assert 'href="/?claims=refuted"' in response.content.decode()


def test_form_of_the_rail_leads_to_a_month_and_keeps_the_filter(
    client: Client, make_event: MakeEvent
) -> None:
    make_event("late", date="2025-03-01", category="policy")
    make_event("early", date="2024-12-26", category="policy")
    page = client.get("/?category=policy").content.decode()
    form = re.search(r'<form class="jump-to".*?</form>', page, re.S)
    assert form
    assert 'min="2024-12" max="2025-03"' in form[0]
    assert '<input type="hidden" name="category" value="policy">' in form[0]
    assert titles(client.get("/?at=2024-12&category=policy", follow=True)) == ["early"]


def test_rail_names_only_families_that_it_draws(client: Client, make_event: MakeEvent) -> None:
    make_event("rule", category="policy")
    rail = re.search(r"<figcaption>.*?</figcaption>", client.get("/").content.decode(), re.S)
    assert rail
    assert "rules and courts" in rail[0]
    assert "money and people" not in rail[0]


def test_site_has_a_picture_and_an_icon(client: Client, make_event: MakeEvent) -> None:
    make_event("one", category="policy")
    assert '<meta property="og:image" content="http' in client.get("/").content.decode()
    picture = Image.open(io.BytesIO(client.get("/card.png").content))
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    colors = {color for _, color in picture.convert("RGB").getcolors(1 << 20) or []}
    assert (184, 58, 27) in colors, "the bar of rules is drawn"
    assert client.get("/favicon.ico").headers["Location"].endswith(".ico")
