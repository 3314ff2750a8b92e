"""One row per reason why two addresses are, or are not, the same document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.ingestion.canonical import canonicalize_url
from events.ingestion.types import UnusableUrl

CASES = [
    ("scheme and host ignore case", "HTTP://Example.COM/Path", "https://example.com/Path"),
    ("http and https are one", "http://example.com/a", "https://example.com/a"),
    ("protocol-relative", "//example.com/a", "https://example.com/a"),
    ("no path is the root", "https://example.com", "https://example.com/"),
    ("root keeps its slash", "https://example.com/", "https://example.com/"),
    ("default port of http", "http://example.com:80/a", "https://example.com/a"),
    ("default port of https", "https://example.com:443/a", "https://example.com/a"),
    ("another port is another server", "http://example.com:8080/a", "http://example.com:8080/a"),
    ("another port keeps its scheme", "https://example.com:8443/a", "https://example.com:8443/a"),
    ("empty port", "https://example.com:/a", "https://example.com/a"),
    ("final dot of the host", "https://example.com./a", "https://example.com/a"),
    (
        "user and password are no part of a document",
        "https://user:pw@example.com/a",
        "https://example.com/a",
    ),
    ("international name", "https://bücher.example/a", "https://xn--bcher-kva.example/a"),
    (
        "international name in capitals",
        "https://BÜCHER.example/a",
        "https://xn--bcher-kva.example/a",
    ),
    (
        "international name already encoded",
        "https://xn--bcher-kva.example/a",
        "https://xn--bcher-kva.example/a",
    ),
    ("Chinese name", "https://例子.测试/a", "https://xn--fsqu00a.xn--0zwm56d/a"),
    ("blanks around", "\t https://example.com/a \n", "https://example.com/a"),
    ("line break inside", "https://example.com/a\nb", "https://example.com/ab"),
    ("backslashes as browsers read them", "https:\\\\example.com\\a", "https://example.com/a"),
    ("www", "https://www.example.com/a", "https://example.com/a"),
    ("m", "https://m.example.com/a", "https://example.com/a"),
    ("mobile", "https://mobile.reuters.com/a", "https://reuters.com/a"),
    ("amp host", "https://amp.theguardian.com/a", "https://theguardian.com/a"),
    ("www and m", "https://www.m.example.com/a", "https://example.com/a"),
    ("a site that is called www", "https://www.com/a", "https://www.com/a"),
    ("a site that is called amp", "https://amp.dev/a", "https://amp.dev/a"),
    ("a site that is called m", "https://m.co/a", "https://m.co/a"),
    (
        "other subdomains are other sites",
        "https://blog.example.com/a",
        "https://blog.example.com/a",
    ),
    ("www2 may be another server", "https://www2.example.com/a", "https://www2.example.com/a"),
    ("escape of a letter", "https://example.com/%61bc", "https://example.com/abc"),
    ("escape of a tilde", "https://example.com/%7Euser", "https://example.com/~user"),
    ("escapes in lower case", "https://example.com/a%2fb", "https://example.com/a%2Fb"),
    ("an escaped slash is no slash", "https://example.com/a%2Fb", "https://example.com/a%2Fb"),
    ("letters outside ASCII", "https://example.com/é", "https://example.com/%C3%A9"),
    ("the same, escaped", "https://example.com/%c3%a9", "https://example.com/%C3%A9"),
    ("Chinese path", "https://example.com/新闻", "https://example.com/%E6%96%B0%E9%97%BB"),
    ("a blank in the path", "https://example.com/a b", "https://example.com/a%20b"),
    ("a stray percent sign", "https://example.com/100%/a", "https://example.com/100%25/a"),
    ("case of a path counts", "https://example.com/ABC", "https://example.com/ABC"),
    ("one dot", "https://example.com/a/./b", "https://example.com/a/b"),
    ("two dots", "https://example.com/a/../b", "https://example.com/b"),
    ("too many dots", "https://example.com/../../b", "https://example.com/b"),
    ("doubled slashes", "https://example.com//a//b", "https://example.com/a/b"),
    (
        "an address in the path keeps its slashes",
        "https://web.archive.org/web/2025/https://x.ai/a",
        "https://web.archive.org/web/2025/https://x.ai/a",
    ),
    ("last slash", "https://example.com/a/", "https://example.com/a"),
    ("last slash before a query", "https://example.com/a/?id=1", "https://example.com/a?id=1"),
    ("index page", "https://example.com/a/index.html", "https://example.com/a"),
    ("index page of the root", "https://example.com/index.htm", "https://example.com/"),
    (
        "index with a query is a program",
        "https://example.com/index.php?id=1",
        "https://example.com/index.php?id=1",
    ),
    ("session in the path", "https://example.com/a;jsessionid=1F", "https://example.com/a"),
    ("fragment", "https://example.com/a#comments", "https://example.com/a"),
    ("text fragment", "https://example.com/a#:~:text=R1", "https://example.com/a"),
    ("empty fragment", "https://example.com/a#", "https://example.com/a"),
    (
        "a fragment that is the document",
        "https://example.com/#!/news/1",
        "https://example.com/#!/news/1",
    ),
    ("a fragment that is a route", "https://example.com/#/news/1", "https://example.com/#/news/1"),
    (
        "ZDNet's tracker in the fragment",
        "https://www.zdnet.com/article/r1/#ftag=RSSbaffb68",
        "https://zdnet.com/article/r1",
    ),
    ("empty query", "https://example.com/a?", "https://example.com/a"),
    ("empty pieces", "https://example.com/a?&b=1&&", "https://example.com/a?b=1"),
    ("order of parameters", "https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"),
    (
        "repeated parameters keep their order",
        "https://example.com/a?b=2&a=2&a=1",
        "https://example.com/a?a=2&a=1&b=2",
    ),
    ("plus is a blank", "https://example.com/a?q=x+y", "https://example.com/a?q=x%20y"),
    ("a real plus stays", "https://example.com/a?q=x%2By", "https://example.com/a?q=x%2By"),
    (
        "an address as a value stays escaped",
        "https://example.com/a?u=http%3A%2F%2Fb.org%2F%26c",
        "https://example.com/a?u=http%3A%2F%2Fb.org%2F%26c",
    ),
    ("a parameter without a value", "https://example.com/a?print", "https://example.com/a?print"),
    ("WordPress ids stay", "https://example.com/?p=123", "https://example.com/?p=123"),
    ("pages stay", "https://example.com/a?page=2", "https://example.com/a?page=2"),
    ("languages stay", "https://example.com/a?lang=de", "https://example.com/a?lang=de"),
    ("AMP folder", "https://example.com/2025/r1/amp/", "https://example.com/2025/r1"),
    ("AMP suffix", "https://example.com/2025/r1.amp", "https://example.com/2025/r1"),
    ("AMP page", "https://example.com/2025/r1.amp.html", "https://example.com/2025/r1.html"),
    ("AMP index", "https://example.com/2025/r1/amp/index.html", "https://example.com/2025/r1"),
    ("a page called amp", "https://example.com/amp", "https://example.com/amp"),
    ("IPv6", "http://[2001:DB8:0:0::1]/a", "https://[2001:db8::1]/a"),
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
