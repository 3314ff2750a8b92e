"""Which texts tell of one happening. Precision first: a wrong merge fakes corroboration."""

import datetime

import pytest

from events.ingestion.group import group_items
from events.ingestion.group_reading import Item

MORNING = datetime.datetime(2025, 1, 27, 8, tzinfo=datetime.UTC)


def item(number: int, title: str, summary: str = "", *, days: float = 0, lang: str = "") -> Item:
    at = MORNING + datetime.timedelta(minutes=number, days=days)
    return Item(number, title, summary, at=at, lang=lang)


PARAGRAPH = (
    "Get the latest stories delivered straight to your inbox every morning. By signing up you"
    " agree to our terms of use and our privacy policy, and to hear of events of our partners."
)
NVIDIA = (
    item(
        0,
        "Nvidia loses record $589 billion as DeepSeek rattles AI stocks",
        "Shares of Nvidia fell 17 percent on Monday, the largest one-day loss of any company.",
    ),
    item(
        1,
        "DeepSeek rattles AI stocks: Nvidia sheds $589 billion, a record",
        "The chip maker's shares fell 17 percent after the Chinese start-up DeepSeek rose.",
    ),
)


def test_reworded_headlines_of_one_happening_are_one_story() -> None:
    assert group_items(NVIDIA).stories == [[0, 1]]


@pytest.mark.parametrize(
    "others",
    [
        pytest.param(
            [item(2, "EU court fines airline over refunds", "The ruling was made on Monday.")],
            id="unrelated",
        ),
        pytest.param(
            [item(2, "Morning briefing"), item(3, "Morning briefing", days=1)],
            id="a series title for different days",
        ),
        pytest.param(
            [
                item(2, "Morning briefing", "Senate votes on the chip bill after long debate."),
                item(3, "Morning briefing", "A robot ran a half marathon in Beijing."),
            ],
            id="a series title for different happenings",
        ),
        pytest.param(
            [
                item(2, "Morning briefing", "OpenAI raises money; Apple sued in Paris over chips."),
                item(3, "Morning briefing", "OpenAI opens an office; the Senate debates fish."),
            ],
            id="a series title for happenings of one company",
        ),
        pytest.param(
            [
                item(2, "Morning briefing: OpenAI, Mistral and more"),
                item(3, "AI news roundup: Anthropic, OpenAI, Meta"),
                item(4, "Mistral releases a small model for phones"),
            ],
            id="titles of roundups",
        ),
        pytest.param(
            [
                item(2, "OpenAI releases GPT-5.1 to all users"),
                item(3, "Mistral releases Codestral model"),
            ],
            id="headlines alone with one verb in common",
        ),
        pytest.param([item(2, ""), item(3, "")], id="empty titles"),
        pytest.param([item(2, "AI"), item(3, "Chips")], id="one-word titles"),
        pytest.param([item(2, "🚀🔥"), item(3, "😀")], id="emoji"),
        pytest.param([item(2, "\ud800 \x00\u202e"), item(3, "\u200b")], id="broken characters"),
        pytest.param(
            [item(2, NVIDIA[1].title, "Its shares fell.", days=40)], id="weeks outside the window"
        ),
        pytest.param(
            [item(2, "Ещё одна новость о погоде в Москве"), item(3, "مؤتمر في دبي حول الطاقة")],
            id="other scripts",
        ),
        pytest.param(
            [item(2, "Нейросеть 模型 نموذج modèle"), item(3, "新闻 новости أخبار news")],
            id="mixed scripts",
        ),
        pytest.param(
            [item(2, "🚀 Rocket lands at sea 🚀"), item(3, "🚀 Minister resigns over phone 🚀")],
            id="emoji around unlike titles",
        ),
        pytest.param(
            [item(2, "Morning briefing", days=9_000), item(3, NVIDIA[1].title, days=9_000)],
            id="dates far in the future",
        ),
        pytest.param(
            [
                item(n, title, "Sign up for our daily newsletter. " + PARAGRAPH)
                for n, title in enumerate(
                    ["Lab opens in Paris", "Senate votes on fish", "Pianist wins prize"], 2
                )
            ],
            id="one paragraph under every title of a feed",
        ),
    ],
)
def test_what_is_another_happening_stays_apart(others: list[Item]) -> None:
    stories = group_items([*NVIDIA, *others]).stories
    assert stories == [[0, 1], *([row] for row in range(2, 2 + len(others)))]


def test_nothing_and_one_item_can_be_grouped() -> None:
    assert group_items([]).stories == []
    assert group_items(NVIDIA[:1]).stories == [[0]]


def test_texts_without_time_are_grouped_by_what_they_say() -> None:
    undated = [Item(n, i.title, i.summary) for n, i in enumerate(NVIDIA)]
    assert group_items(undated).stories == [[0, 1]]


def test_a_very_long_text_does_no_harm() -> None:
    long = item(2, "A word " * 5_000, "chip " * 20_000)
    assert group_items([*NVIDIA, long]).stories == [[0, 1], [2]]


def test_languages_meet_by_names_only() -> None:
    chinese = item(
        2, "DeepSeek引发Nvidia股价暴跌 市值蒸发589", "Nvidia 因 DeepSeek 下跌。", lang="zh"
    )
    other = item(3, "上海举办人工智能大会", "大会周一开幕。", lang="zh")
    stories = group_items([*NVIDIA, chinese, other]).stories
    assert [3] in stories
    assert [0, 1, 2] in stories


def test_chinese_headlines_of_one_happening_are_one_story() -> None:
    one = item(
        0, "深度求索发布新一代推理模型R1", "深度求索周一发布推理模型R1，性能接近OpenAI的o1。"
    )
    two = item(
        1, "深度求索推出R1推理模型 对标OpenAI o1", "新模型R1由深度求索周一发布，并开放权重。"
    )
    far = item(2, "英伟达公布季度财报 营收创新高", "英伟达数据中心业务收入大增。")
    assert group_items([one, two, far]).stories == [[0, 1], [2]]


def test_posts_of_one_maker_on_one_product_are_no_story() -> None:
    texts = [
        (
            "How we redesigned the camera of Galadriel S9",
            "Our imaging team explains the lens, the sensor and the night mode of Galadriel S9.",
        ),
        (
            "Five tips to get started with the Galadriel companion",
            "Ask it to plan a trip, sort your mail or find a song: five ways to use the companion.",
        ),
    ]
    posts = [Item(n, *text, publisher="maker", at=MORNING) for n, text in enumerate(texts)]
    assert group_items(posts).stories == [[0], [1]]


def test_texts_are_less_surely_one_happening_when_one_publisher_wrote_both() -> None:
    def score(second: str) -> float:
        by = (NVIDIA[0], "wire"), (NVIDIA[1], second)
        items = [Item(i.key, i.title, i.summary, publisher=name, at=i.at) for i, name in by]
        return group_items(items).score[1]

    assert score("wire") < score("post") == score("")


def test_a_publisher_that_plainly_tells_the_same_again_makes_no_second_story() -> None:
    again = [Item(i.key, i.title, i.summary, publisher="wire", at=i.at) for i in NVIDIA]
    assert group_items(again).stories == [[0, 1]]


BLOG_TITLES = (
    "Welcome to Inference Providers on the Hub",
    "Open-R1: a fully open reproduction of DeepSeek-R1",
    "State of open video generation models in Diffusers",
    "How to deploy and fine-tune DeepSeek models on AWS",
    "SmolVLM grows smaller: the 250M and 500M models",
)


def blog_post(number: int, title: str) -> Item:
    """As a scraped blog gives it: its furniture around the title, in every summary."""
    day = f"January {number + 20}, 2025"
    author = ("ada Ada Lund", "bo Bo Strand guest", "cy Cy Moreau")[number % 3]
    votes = f"Upvote {number * 37 + 31} +{number * 31 + 25} {author}"
    summary = f"Back to Articles {title} Published {day} Update on GitHub {votes}"
    at = MORNING + datetime.timedelta(hours=number)
    return Item(number, title, summary, publisher="blog.example", at=at)


def test_the_furniture_of_a_blog_makes_no_story_of_its_posts() -> None:
    posts = [blog_post(number, title) for number, title in enumerate(BLOG_TITLES)]
    assert group_items(posts).stories == [[0], [1], [2], [3], [4]]


def test_a_publishers_furniture_does_not_part_its_report_from_that_of_another() -> None:
    posts = [blog_post(number, title) for number, title in enumerate(BLOG_TITLES)]
    told = "Nvidia loses record $589 billion as DeepSeek rattles AI stocks"
    here, there = blog_post(5, told), item(6, NVIDIA[1].title, NVIDIA[1].summary)
    assert [5, 6] in group_items([*posts, here, there]).stories
