"""What is read from a web page for a moderator to confirm."""

import pytest

from events.ingestion.page import read_page, why_not_canonical

PAGE = """<html lang="en"><head><title>DeepSeek releases R1 | Wire</title>
<link rel="canonical" href="{canonical}">
<meta property="og:title" content="DeepSeek releases R1">
<meta property="og:site_name" content="The Wire">
<script type="application/ld+json">
{{"@context":"https://schema.org","@type":"NewsArticle","headline":"DeepSeek releases R1",
"author":{{"@type":"Person","name":"Jane Roe"}},"datePublished":"2025-01-20T10:00:00Z"}}</script>
</head><body><article><p>DeepSeek has released R1, a reasoning model, with open weights.</p>
</article></body></html>"""


def page(canonical: str) -> bytes:
    return PAGE.format(canonical=canonical).encode()


def test_title_publisher_author_day_language_and_text_are_read() -> None:
    facts = read_page(page("https://wire.example/r1"), "https://wire.example/r1?utm_source=x")
    assert (facts.title, facts.publisher, facts.author, facts.published, facts.lang) == (
        "DeepSeek releases R1",
        "The Wire",
        "Jane Roe",
        "2025-01-20",
        "en",
    )
    assert "open weights" in facts.text


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        pytest.param("/r1", "https://wire.example/r1", id="a relative canonical link"),
        pytest.param("https://wire.example/r1", "https://wire.example/r1", id="an absolute one"),
        pytest.param("/", "https://wire.example/a/r1", id="the home page is not the article"),
        pytest.param("mailto:x@wire.example", "https://wire.example/a/r1", id="no web address"),
        pytest.param(
            '/r1"><link rel="canonical" href="/r2',
            "https://wire.example/a/r1",
            id="two that contradict each other",
        ),
        pytest.param(
            "https://evil.example/x", "https://wire.example/a/r1", id="another host is not believed"
        ),
    ],
)
def test_the_canonical_address_is_the_pages_own(canonical: str, expected: str) -> None:
    facts = read_page(page(canonical), "https://wire.example/a/r1?utm_source=x")
    assert facts.canonical_url == expected


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("https://www.example.co.uk/r1", ""),
        ("https://other.co.uk/r1", "another site"),
        ("https://www.example.co.uk/", "the home page of the site"),
        ("javascript:void(0)", "not an http(s) address"),
    ],
)
def test_a_canonical_link_is_believed_within_its_site_only(target: str, reason: str) -> None:
    assert why_not_canonical(target, "https://amp.example.co.uk/r1") == reason


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"<"], ids=["empty", "bytes", "a bracket"])
def test_what_cannot_be_read_gives_the_address_alone(body: bytes) -> None:
    facts = read_page(body, "https://wire.example/r1")
    assert (facts.canonical_url, facts.title) == ("https://wire.example/r1", "")
