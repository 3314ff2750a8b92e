"""Names found in a text, and what is no name there."""

import pytest

from events.language.gazetteer import Gazetteer

NAMES = Gazetteer(
    {
        1: ["Amazon"],
        2: ["Amazon Web Services", "AWS"],
        3: ["DeepSeek", "深度求索"],
        4: ["Meta", "Llama"],
        5: ["Mistral AI", "Mistral"],
        6: ["Twin"],
        7: ["Twin"],
    }
)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        pytest.param("Amazon Web Services grows", [2], id="the longest of overlapping names"),
        pytest.param("DeepSeek’s model beats Meta's", [3, 4], id="possessives"),
        pytest.param("消息称深度求索将开源新模型", [3], id="CJK without spaces"),
        pytest.param("metadata and Metaphor", [], id="part of a word"),
        pytest.param("the meta question", [], id="as it is written"),
        pytest.param("Twin", [], id="a name of two actors names neither"),
        pytest.param("", [], id="empty"),
        pytest.param("DeepSeek发布Llama对手", [3, 4], id="Latin names within CJK"),
    ],
)
def test_names_are_found_as_whole_names(text: str, keys: list[int]) -> None:
    assert NAMES.keys(text) == keys


def test_an_empty_gazetteer_finds_nothing() -> None:
    assert Gazetteer({}).keys("DeepSeek") == []
