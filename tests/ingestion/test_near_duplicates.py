"""What is a copy of an earlier text, and what only looks like one."""

import datetime

import pytest

from events.ingestion.group_reading import Item
from events.ingestion.near_duplicates import find_copies

MORNING = datetime.datetime(2025, 1, 27, 8, tzinfo=datetime.UTC)
LEDE = (
    "Shares of chip makers fell sharply on Monday after a Chinese start-up showed a language model"
    " that needs far less computing power than its American rivals, and investors asked whether"
    " the sums spent on data centers would ever be earned back."
)
REST = (
    " Nvidia lost a sixth of its value, the largest loss of a single company in a day. Analysts"
    " said the reaction was too strong, because cheaper models may be used far more often."
)
BOILERPLATE = (
    " Sign up for our daily newsletter to get the latest stories delivered straight to your inbox"
    " every morning. By signing up you agree to our terms of use and our privacy policy. Follow us"
    " for more news, analysis and opinion, and subscribe to support independent journalism."
)
TITLE = "Chip shares fall as cheap Chinese model shakes investors"


def item(number: int, title: str, summary: str = "", url: str = "") -> Item:
    at = MORNING + datetime.timedelta(minutes=number)
    return Item(number, title, summary, url=url, at=at)


ORIGINAL = item(0, TITLE, LEDE + REST, "https://wire.example/2025/01/27/chip-shares")


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(
            item(
                1,
                TITLE,
                LEDE + REST,
                "http://www.wire.example/2025/01/27/chip-shares/?utm_source=x",
            ),
            id="same address with tracking",
        ),
        pytest.param(item(1, TITLE + " | Wire", LEDE + REST), id="title with the publisher's name"),
        pytest.param(
            item(1, "Investors sell chip makers", "NEW YORK (AP) — " + LEDE + REST),
            id="another title and a dateline",
        ),
        pytest.param(item(1, TITLE, LEDE[:150] + " […]"), id="cut summary"),
        pytest.param(
            item(1, "UPDATE: " + TITLE, LEDE + REST + BOILERPLATE), id="boilerplate added"
        ),
        pytest.param(
            item(1, TITLE, (LEDE + REST).replace("sharply", "hard").replace("largest", "biggest")),
            id="some words edited",
        ),
    ],
)
def test_a_syndicated_or_edited_text_is_a_copy(copy: Item) -> None:
    assert find_copies([ORIGINAL, copy]) == [None, 0]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            item(
                1,
                "Nvidia sheds $589 billion in a day",
                "The chip maker's fall on Monday was the"
                " largest in the history of American markets, set off by a Chinese firm's model.",
            ),
            id="another article on the same event",
        ),
        pytest.param(item(1, "Court fines airline", "A court ruled on refunds."), id="unrelated"),
        pytest.param(item(1, "", ""), id="empty title"),
        pytest.param(item(1, "🚀🚀🚀", "🚀"), id="only emoji"),
    ],
)
def test_another_text_is_no_copy(other: Item) -> None:
    assert find_copies([ORIGINAL, other]) == [None, None]


def test_items_of_a_feed_that_share_a_boilerplate_paragraph_are_no_copies() -> None:
    heads = [
        ("Senate passes chip bill", "The vote was 60 to 40."),
        ("Lab opens in Paris", "It will employ a hundred people."),
        ("Robot runs a half marathon", "It took under three hours in Beijing."),
        ("Court rejects appeal of publishers", "Training was fair use, it said."),
        ("Start-up raises money", "Its investors were not named on Tuesday."),
    ]
    items = [item(n, title, lede + BOILERPLATE) for n, (title, lede) in enumerate(heads)]
    assert find_copies(items) == [None] * len(items)


def test_the_first_two_items_with_one_boilerplate_are_no_copies() -> None:
    one = item(0, "Senate passes chip bill", "The vote was 60 to 40." + BOILERPLATE)
    other = item(1, "Lab opens in Paris", "It will employ a hundred people." + BOILERPLATE)
    assert find_copies([one, other]) == [None, None]


def test_a_few_words_before_one_boilerplate_make_no_copy() -> None:
    one = item(0, "Nordwind opens battery plant in Gdansk", "The plant employs 400." + BOILERPLATE)
    other = item(1, "Clearpath hires a head of sales", "She joins from a bank." + BOILERPLATE)
    assert find_copies([one, other]) == [None, None]


@pytest.mark.parametrize("title", ["Morning briefing", "Live updates", "AI", "今日要闻"])
def test_a_series_title_alone_makes_no_copy(title: str) -> None:
    assert find_copies([item(0, title), item(1, title)]) == [None, None]


def test_a_long_equal_title_without_text_is_a_copy() -> None:
    assert find_copies([item(0, TITLE), item(1, TITLE)]) == [None, 0]


@pytest.mark.parametrize(
    "title", [f"UPDATE: {TITLE}", f"{TITLE} | Wire", f"Exclusive - {TITLE} - The Daily Wire"]
)
def test_what_editors_put_around_a_headline_hides_no_copy(title: str) -> None:
    assert find_copies([item(0, TITLE), item(1, title)]) == [None, 0]


def test_an_equal_title_over_another_text_is_no_copy() -> None:
    other = (
        "Exchanges in Asia closed early, and regulators in Brussels asked for reports by Friday."
    )
    assert find_copies([item(0, TITLE, LEDE), item(1, TITLE, other)]) == [None, None]


def test_a_text_rewritten_for_the_most_part_under_one_title_is_a_copy() -> None:
    cut = LEDE.split(" and investors")[0]
    edited = cut + " and the government in Washington said that it would look into the matter soon."
    assert find_copies([item(0, TITLE, LEDE), item(1, f"UPDATE: {TITLE}", edited)]) == [None, 0]


def test_a_long_title_that_comes_back_weeks_later_is_no_copy() -> None:
    assert find_copies([item(0, TITLE), item(20_000, TITLE)]) == [None, None]


def test_the_earliest_text_is_the_original_whatever_the_order() -> None:
    later = item(30, TITLE, LEDE + REST)
    assert find_copies([later, ORIGINAL]) == [1, None]


def test_a_chinese_text_is_recognised_as_a_copy() -> None:
    text = (
        "深度求索发布的新模型引发全球芯片股大跌，英伟达市值单日蒸发近六千亿美元，"
        "创下美国股市历史上的最大单日跌幅。"
    )
    pair = [item(0, "芯片股大跌", text), item(1, "英伟达创纪录下跌", text)]
    assert find_copies(pair) == [None, 0]


def test_a_text_of_100_000_characters_is_compared_by_its_beginning() -> None:
    long = LEDE + REST + " word" * 20_000
    assert find_copies([item(0, TITLE, long), item(1, "Otherwise titled", long)]) == [None, 0]
