"""One row per reason why two addresses are, or are not, the same document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.ingestion.canonical import canonicalize_url
from events.ingestion.types import UnusableUrl

CASES = [
    ("scheme and host case", "HTTP://Example.COM/Path", "https://example.com/Path"),
    ("http is https", "http://example.com/a", "https://example.com/a"),
    ("protocol-relative", "//example.com/a", "https://example.com/a"),
    ("www", "https://www.example.com/a", "https://example.com/a"),
    ("arXiv pdf", "https://arxiv.org/pdf/2501.12948v2.pdf", "https://arxiv.org/abs/2501.12948"),
    ("X was Twitter", "https://twitter.com/OpenAI/status/1?s=20", "https://x.com/openai/status/1"),
    (
        "AMP cache",
        "https://www-theverge-com.cdn.ampproject.org/c/s/www.theverge.com/x",
        "https://theverge.com/x",
    ),
]


@pytest.mark.parametrize(("url", "canonical"), [pytest.param(u, c, id=i) for i, u, c in CASES])
def test_canonical_address(url: str, canonical: str) -> None:
    assert canonicalize_url(url) == canonical
    assert canonicalize_url(canonical) == canonical


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mailto:a@b.org",
        "/relative",
        "javascript:alert(1)",
        "http://",
        "https://[::1",
        "ftp://a.b/",
    ],
)
def test_what_is_no_http_address_is_refused_with_a_reason(url: str) -> None:
    with pytest.raises(UnusableUrl, match=r"address|host"):
        canonicalize_url(url)


@given(
    st.tuples(
        st.sampled_from(["http://", "https://www.", "//m.", "https://amp."]),
        st.sampled_from(["a.example", "twitter.com", "arxiv.org", "youtube.com", "google.com"]),
        st.text(alphabet="/ab.%2F?#&=;+:é!", max_size=30),
    )
)
def test_canonicalizing_twice_is_canonicalizing_once(pieces: tuple[str, str, str]) -> None:
    try:
        once = canonicalize_url("".join(pieces))
    except UnusableUrl:
        return
    assert canonicalize_url(once) == once
