"""Chinese and Japanese: what is common to all news is known, names stay whole beside it."""

import pytest

from events.language.background import hash_term, load_background
from events.language.words import content_words, language_of, words


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("云帆科技发布大模型", ["云帆", "科技", "发布", "大模", "模型"]),
        ("记者周一报道英伟达股价", ["英伟", "伟达", "股价"]),
        ("发布", ["发布"]),
        ("海蓝的", ["海蓝"]),
        ("枢", ["枢"]),
        ("深度求索", ["深度", "度求", "求索"]),
        ("雲帆科技發布晶片", ["雲帆", "科技", "發布", "晶片"]),
        ("ソラテック、介護ロボットを発売", ["ソラテック", "介護", "ロボット", "発売"]),
        ("한빛전자", ["한빛", "빛전", "전자"]),
        ("", []),
    ],
)
def test_common_words_are_cut_out_and_fillers_left_out(text: str, terms: list[str]) -> None:
    assert content_words(text) == terms


def test_passages_are_compared_without_any_dictionary() -> None:
    assert words("云帆科技的") == ["云帆", "帆科", "科技", "技的"]


def test_a_word_of_all_news_weighs_less_than_a_name() -> None:
    weight = load_background().term_weight()
    common = {weight[hash_term(term)] for term in content_words("公司发布人工智能大模型")}
    assert max(common) < weight[hash_term("云帆")] / 2


@pytest.mark.parametrize(
    ("title", "declared", "language"),
    [
        ("云帆科技发布大模型", "", "zh"),
        ("介護ロボットを発売", "", "ja"),
        ("AI 반도체 새 공장 착공", "", "ko"),
        ("人工知能新法成立", "ja-JP", "ja"),
        ("云帆科技发布大模型", "en", "zh"),
        ("Lab opens in Paris", "en-GB", "en"),
        ("Lab opens in Paris", "", ""),
    ],
)
def test_the_script_tells_the_language_where_it_is_not_declared(
    title: str, declared: str, language: str
) -> None:
    assert language_of(title, declared) == language
