"""What a topic rule fits, and which of several rules counts."""

import pytest

from events.ingestion.topics import ACCEPTED, Judgement, Rule, judge

RULE = Rule(
    key=1,
    verdict="drop",
    reason="off topic",
    words=("AI", "regulat*", "chip", "芯片"),
    phrases=("export controls", "large language model"),
    names=("Meta", "Anthropic"),
    excluded=("recipe", "poker chips"),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("A new AI lab", "AI", id="whole word"),
        pytest.param("AI-powered search", "AI", id="before a hyphen"),
        pytest.param("Is it AI?", "AI", id="before punctuation"),
        pytest.param("OPENAI and MAIL", None, id="not within a word"),
        pytest.param("J'ai vu, ai?", None, id="an acronym fits in capitals only"),
        pytest.param("The CHIP act", "CHIP", id="other words fit in any case"),
        pytest.param("Chips and silicon", None, id="no plural unless it is asked for"),
        pytest.param("Regulators speak", "Regulators", id="a star fits any ending"),
        pytest.param("Deregulation", None, id="a star is for endings only"),
        pytest.param("New export\n controls", "export controls", id="phrase over a line end"),
        pytest.param("Export-controls bite", "Export-controls", id="phrase with a hyphen"),
        pytest.param("export of controls", None, id="a phrase is not its words"),
        pytest.param("中国芯片产业", "芯片", id="Chinese has no word ends"),
        pytest.param("Meta says no", "Meta", id="name of an actor"),
        pytest.param("meta analysis", None, id="a name as it is written"),
        pytest.param("AI recipe of the day", None, id="excluded word"),
        pytest.param("AI wins poker  chips", None, id="excluded phrase"),
        pytest.param("", None, id="empty text"),
    ],
)
def test_a_rule_fits_by_words_phrases_and_actors_and_says_by_which(
    text: str, found: str | None
) -> None:
    assert RULE.fit(text) == found


def test_the_summary_counts_as_the_title_does() -> None:
    assert judge("Untitled", "About AI", [RULE]).verdict == "drop"


def test_the_first_rule_that_fits_counts() -> None:
    keep = Rule(key=2, verdict="accept", reason="labs", names=("Anthropic",))
    assert judge("Anthropic and AI", "", [keep, RULE]) == Judgement(
        "accept", "labs (“Anthropic”)", 2
    )
    assert judge("Anthropic and AI", "", [RULE, keep]) == Judgement(
        "drop", "off topic (“Anthropic”)", 1
    )


def test_a_rule_that_asks_for_nothing_fits_the_rest() -> None:
    rest = Rule(key=3, verdict="low", reason="the rest", excluded=("poker chips",), is_open=True)
    assert judge("Weather", "", [rest]) == Judgement("low", "the rest", 3)
    assert judge("Poker chips", "", [rest]) == ACCEPTED


def test_an_entry_that_no_rule_fits_is_accepted() -> None:
    assert judge("Weather", "", [RULE]) == ACCEPTED == judge("AI", "", [])


@pytest.mark.parametrize("term", ["(", "a|b", "[x]", "\\", "*", "..."])
def test_words_are_no_patterns(term: str) -> None:
    rule = Rule(key=4, verdict="drop", reason="x", words=(term,))
    assert rule.fit("plain words") is None
