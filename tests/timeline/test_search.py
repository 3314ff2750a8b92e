"""What words find, in English and Chinese."""

from __future__ import annotations

import pytest

from events.models import Actor
from tests.timeline.conftest import MakeEvent, make_actor, make_source
from timeline.filters import Filter
from timeline.markdown import highlighted, rendered
from timeline.queries import events_for
from timeline.search import highlighter, prepared
from timeline.spelling import read_vocabulary, respelled

pytestmark = pytest.mark.django_db


def found(typed: str) -> list[str]:
    return sorted(event.slug for event in events_for(Filter(text=typed)))


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("claude", "claude"),
        ("GPT-4", '"GPT 4"'),
        ('"exact phrase"', '"exact phrase"'),
        ("-policy", "-policy"),
        ("r1 or v3", "r1 or v3"),
        ("深度求索", '"深度 度求 求索"'),
        ("用AI办公", '"用 AI 办公"'),
        ("Zürich", "Zurich"),
        ("ＧＰＴ", "GPT"),
        ('"unclosed', '"unclosed"'),
        ('""', ""),
    ],
)
def test_question_is_prepared_like_the_text(typed: str, asked: str) -> None:
    assert prepared(typed) == asked


@pytest.fixture
def _record(make_event: MakeEvent) -> None:
    make_actor("DeepSeek", aliases=["深度求索"])
    make_event("r1", title="DeepSeek releases R1", actors=("DeepSeek",))
    make_event("gpt", title="OpenAI announces GPT-4o", summary="Its first *omni* model, at Zürich.")
    make_event("rule", title="BIS publishes the 人工智能 rule", tags=["export-rule"])


@pytest.mark.usefixtures("_record")
@pytest.mark.parametrize(
    ("typed", "slugs"),
    [
        pytest.param("released", ["r1"], id="inflected words"),
        pytest.param("GPT-4o", ["gpt"], id="hyphens as in the text"),
        pytest.param("gpt 4o", ["gpt"], id="or without them"),
        pytest.param("zurich", ["gpt"], id="accents fold"),
        pytest.param('"releases r1"', ["r1"], id="a phrase"),
        pytest.param('"r1 releases"', [], id="in its order"),
        pytest.param("-deepseek -openai", ["rule"], id="without words"),
        pytest.param("deepseek or openai", ["gpt", "r1"], id="either"),
        pytest.param("深度求索", ["r1"], id="an alias in Chinese"),
        pytest.param("求索", ["r1"], id="part of a Chinese name"),
        pytest.param("人工智能", ["rule"], id="Chinese in a title"),
        pytest.param("智", ["rule"], id="a single character"),
        pytest.param("度深", [], id="characters in their order"),
        pytest.param("export rule", ["rule"], id="topics"),
        pytest.param("Example Press", ["gpt", "r1", "rule"], id="publishers of sources"),
    ],
)
def test_search_finds(typed: str, slugs: list[str]) -> None:
    assert found(typed) == slugs


@pytest.mark.usefixtures("_record")
def test_index_follows_renamed_actors_and_sources() -> None:
    Actor.objects.filter(name="DeepSeek").update(aliases=["Whale"])
    source = make_source("r1-0")
    source.title = "A remarkable headline"
    source.save()
    assert found("whale") == ["r1"]
    assert found("深度求索") == []
    assert found("remarkable") == ["r1"]


@pytest.mark.usefixtures("_record")
@pytest.mark.parametrize(
    ("typed", "better"),
    [
        ("depseek", "deepseek"),
        ("opnai announces", "openai announces"),
        ("deepseek", ""),
        ("qqqqqqq", ""),
        ("", ""),
    ],
)
def test_spelling_help_offers_words_of_the_record(typed: str, better: str) -> None:
    assert respelled(typed, read_vocabulary()) == better


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("released", "DeepSeek releases R1", "DeepSeek <mark>releases</mark> R1"),
        ("r1", "R1 and R12", "<mark>R1</mark> and R12"),
        ("gpt-4", "GPT 4 is <b>", "<mark>GPT 4</mark> is &lt;b&gt;"),
        ("深度", "深度求索", "<mark>深度</mark>求索"),
        ("-released", "releases", "releases"),
        ("a&b", "x a&b", "x <mark>a&amp;b</mark>"),
        ('"', "none", "none"),
    ],
)
def test_highlighting_marks_words_and_escapes_the_rest(typed: str, text: str, marked: str) -> None:
    assert highlighted(text, highlighter(typed)) == marked


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*em* and **strong**", "<p><em>em</em> and <strong>strong</strong></p>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("a\u202eb", "<p>ab</p>\n"),
    ],
)
def test_summaries_are_light_markdown_and_harmless(text: str, html: str) -> None:
    assert rendered(text) == html


def test_highlighting_leaves_markup_alone() -> None:
    assert rendered("a [em](https://em.example) & em", highlighter("em")) == (
        '<p>a <a href="https://em.example" rel="noopener nofollow"><mark>em</mark></a> &amp; '
        "<mark>em</mark></p>\n"
    )
