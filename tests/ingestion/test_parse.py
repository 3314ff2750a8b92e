"""What is read out of feeds, sound and unsound."""

import gzip
import time
from pathlib import Path

import pytest

from events.ingestion.parse import MAX_ENTRIES, parse
from events.ingestion.sandbox import Sandbox
from events.ingestion.types import ParsedEntry, ParsedFeed, ParseError

DATA = Path(__file__).parent / "data" / "malformed"
BASE = "https://base.example/feed"


def read(name: str) -> ParsedFeed:
    return parse((DATA / name).read_bytes(), BASE)


def rss(items: str, head: str = "") -> bytes:
    return f"<rss version='2.0'><channel>{head}{items}</channel></rss>".encode()


def only(body: bytes) -> ParsedEntry:
    (entry,) = parse(body, BASE).entries
    return entry


@pytest.mark.parametrize(
    ("name", "title", "url"),
    [
        pytest.param("bare_amp.xml", "R&D at A&B", "http://e.org/?a=1&b=2", id="bare-ampersand"),
        pytest.param("ctrl_chars.xml", "abc", "http://e.org/1", id="characters-XML-forbids"),
        pytest.param(
            "html_entities.xml", "AT&T — café \xa0x", "http://e.org/1", id="entities-of-HTML"
        ),
        pytest.param("latin1_as_utf8.xml", "café ©", "http://e.org/1", id="wrong-charset"),
        pytest.param("billion_laughs.xml", "&a9;", "http://e.org/1", id="entities-of-a-DTD"),
        pytest.param("rel_rss.xml", "x", "https://base.example/news/1", id="relative-link"),
        pytest.param("truncated.xml", "t1", "http://e.org/1", id="cut-off"),
    ],
)
def test_a_malformed_feed_gives_its_entries(name: str, title: str, url: str) -> None:
    entry = read(name).entries[0]
    assert (entry.title, entry.url) == (title, url)


def test_what_was_recovered_is_noted() -> None:
    assert read("bare_amp.xml").note == "not well-formed"
    assert read("latin1_as_utf8.xml").note == "declared utf-8, read as cp1252"
    assert read("rel_rss.xml").note == ""


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("koi8-r", "Как пережить новогоднюю ночь, единственное, во что сегодня можно верить"),
        (
            "euc-kr",
            "시스템이 돌아가는데 거기서 한글로 된 닉네임을 정할 경우에 한글 닉네임 표시하기",
        ),
        ("gb18030", "人工智能竞赛大事记：深度求索发布新模型，英伟达股价大跌，市场震动不已"),
    ],
)
def test_an_undeclared_charset_is_guessed(encoding: str, text: str) -> None:
    body = rss(f"<item><title>{text}</title></item>").decode().encode(encoding)
    assert only(body).title == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1"])
def test_a_declared_charset_is_obeyed(encoding: str) -> None:
    label = encoding.removesuffix("-sig").removesuffix("-le")
    text = (
        f"<?xml version='1.0' encoding='{label}'?>" + rss("<item><title>é</title></item>").decode()
    )
    assert only(text.encode(encoding)).title == "é"


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://e.org/blog/" xml:lang="zh">
<title>Blog</title><link rel="alternate" href="/"/><link rel="hub" href="https://hub.example/"/>
<author><name>Ann</name></author>
<entry xml:base="2025/"><id>tag:e.org,2025:1</id><title type="text">a &lt; b</title>
<link rel="enclosure" href="x.mp3"/><link href="r1.html"/>
<updated>2025-01-21T00:00:00Z</updated><published>2025-01-20T00:00:00Z</published>
<content type="html">&lt;p&gt;Hi</content></entry></feed>"""


def test_atom_is_read_with_its_bases_and_constructs() -> None:
    feed = parse(ATOM.encode(), BASE)
    assert (feed.title, feed.homepage, feed.lang) == ("Blog", "https://e.org/", "zh")
    assert feed.hubs == ("https://hub.example/",)
    assert feed.entries == (
        ParsedEntry(
            guid="tag:e.org,2025:1",
            url="https://e.org/blog/2025/r1.html",
            title="a &lt; b",
            summary="<p>Hi",
            author="Ann",
            published="2025-01-20T00:00:00Z",
            updated="2025-01-21T00:00:00Z",
        ),
    )


def test_well_formed_and_recovered_reading_agree() -> None:
    """The quick reader and feedparser see the same, entry for entry."""
    items = "".join(
        f"<item><title>T{n} &amp;amp; U</title><link>/a/{n}</link><guid>g{n}</guid>"
        f"<description>&lt;b&gt;d{n}&lt;/b&gt;</description><author>a@e.org</author>"
        "<pubDate>Mon, 20 Jan 2025 12:00:00 GMT</pubDate></item>"
        for n in range(5)
    )
    sound = rss(items, "<title>F</title><link>https://e.org/</link><ttl>60</ttl>")
    broken = sound.replace(b"<ttl>", b"<image><ttl></oops><ttl>")
    expected, recovered = parse(sound, BASE), parse(broken, BASE)
    assert recovered.note == "not well-formed"
    assert [e.title for e in recovered.entries] == [e.title for e in expected.entries]
    assert [e.url for e in recovered.entries] == [e.url for e in expected.entries]
    assert [e.published for e in recovered.entries] == [e.published for e in expected.entries]


@pytest.mark.parametrize(
    ("head", "minutes"),
    [
        ("<ttl>90</ttl>", 90),
        (
            "<p:updatePeriod xmlns:p='http://purl.org/rss/1.0/modules/syndication/'>daily"
            "</p:updatePeriod><p:updateFrequency "
            "xmlns:p='http://purl.org/rss/1.0/modules/syndication/'>4</p:updateFrequency>",
            360,
        ),
    ],
)
def test_refresh_hints_are_read(head: str, minutes: int) -> None:
    ttl = parse(rss("", head), BASE).ttl
    assert ttl is not None
    assert ttl.total_seconds() == minutes * 60


def test_undeclared_prefixes_are_declared_for_the_feed() -> None:
    body = b"<?xml?xml ??>\n<rss rss:version=2.0><rss:channel><rss:item><rss:title>T</rss:title>"
    body += b"<rss:link>https://e.org/1</rss:link></rss:item></rss:channel></rss>"
    assert only(body).url == "https://e.org/1"


def test_a_guid_serves_as_address_only_where_it_is_one() -> None:
    assert only(rss("<item><guid>http://e.org/perma</guid></item>")).url == "http://e.org/perma"
    assert only(rss("<item><guid isPermaLink='false'>http://e.org/x</guid></item>")).url == ""
    assert only(rss("<item><guid>1</guid></item>")).url == ""


LINK = "<link>http://e.org/1</link>"
SPACES = (
    "xmlns:media='http://search.yahoo.com/mrss/' xmlns:dcterms='http://purl.org/dc/terms/' "
    "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
    "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
)


def item(inner: str) -> str:
    return f"<rss version='2.0' {SPACES}><channel><item>{inner}</item></channel></rss>"


def atom(inner: str, space: str = "xmlns='http://www.w3.org/2005/Atom'") -> str:
    return f"<feed {space}><entry>{inner}</entry></feed>"


XHTML = "<div xmlns='http://www.w3.org/1999/xhtml'><p>one</p><p>two</p><script>x</script></div>"
RSS11 = (
    "<Channel xmlns='http://purl.org/net/rss1.1#'><title>T</title><items><item>"
    f"<title>x</title>{LINK}</item></items></Channel>"
)
DTD = "<!DOCTYPE rss [<!ENTITY lab 'R&#38;D'>]>"


@pytest.mark.parametrize(
    ("document", "name", "value"),
    [
        pytest.param(item("<media:title>M</media:title>"), "title", "M", id="title-of-media"),
        pytest.param(item("<Title>x</Title>").replace("item", "ITEM"), "title", "x", id="capitals"),
        pytest.param(item("<title>&#xD83D;&#xDE00;</title>"), "title", "😀", id="surrogate-halves"),
        pytest.param(item("<title>a&#0;b&#x1F;</title>"), "title", "ab", id="characters-of-no-use"),
        pytest.param(DTD + item("<title>&lab;</title>"), "title", "R&D", id="entity-of-its-own"),
        pytest.param(
            item("<link href='http://e.org/1'/>"), "url", "http://e.org/1", id="link-href"
        ),
        pytest.param(item("<pubdate>2025</pubdate>"), "published", "2025", id="pubdate-in-small"),
        pytest.param(
            item("<dcterms:issued>2025</dcterms:issued>"), "published", "2025", id="date-of-dcterms"
        ),
        pytest.param(
            item("<itunes:summary>s</itunes:summary>"), "summary", "s", id="summary-of-itunes"
        ),
        pytest.param(
            item("<content:encoded>c</content:encoded>")
            .replace("rss", "RSS", 1)
            .replace("/rss>", "/RSS>"),
            "summary",
            "c",
            id="RSS-in-capitals",
        ),
        pytest.param(
            item("<title>x</title>").replace(
                "<rss", "<rss xmlns='http://backend.userland.com/rss2'"
            ),
            "title",
            "x",
            id="RSS-with-a-namespace",
        ),
        pytest.param(RSS11, "url", "http://e.org/1", id="RSS-1.1"),
        pytest.param(
            atom(f"<content type='xhtml'>{XHTML}</content>"),
            "summary",
            "one\ntwo",
            id="xhtml-blocks",
        ),
        pytest.param(
            atom("<content type='application/octet-stream'>aGVsbG8=</content>"),
            "summary",
            "hello",
            id="base64",
        ),
        pytest.param(
            atom("<content src='http://e.org/c'/>"), "url", "http://e.org/c", id="content-elsewhere"
        ),
        pytest.param(
            atom("<issued>2004</issued>", "xmlns='http://purl.org/atom/ns#' version='0.3'"),
            "published",
            "2004",
            id="Atom-0.3",
        ),
        pytest.param(atom("<title>x</title>", ""), "title", "x", id="Atom-without-namespace"),
        pytest.param(
            "<entry xmlns='http://www.w3.org/2005/Atom'><title>x</title></entry>",
            "title",
            "x",
            id="a-lone-Atom-entry",
        ),
    ],
)
def test_feeds_of_every_age_are_read(document: str, name: str, value: str) -> None:
    feed = parse(document.encode(), BASE)
    assert [getattr(entry, name) for entry in feed.entries] == [value]


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        pytest.param("utf-16", "utf-8", id="a-label-that-cannot-be-true"),
        pytest.param("iso-8859-1", "utf-8", id="UTF-8-under-a-western-label"),
        pytest.param("utf-32", "utf-32-be", id="four-bytes-without-a-mark"),
        pytest.param("cp037", "cp037", id="EBCDIC"),
    ],
)
def test_the_charset_is_what_the_bytes_are(label: str, encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{label}'?>" + item("<title>café à gogo</title>")
    assert only(text.encode(encoding)).title == "café à gogo"


def test_a_stray_byte_does_not_spoil_the_rest() -> None:
    body = item("<title>déjà vu ÿ</title>").encode().replace("ÿ".encode(), b"\xff")
    assert only(body).title == "déjà vu \ufffd"


def test_a_feed_served_compressed_without_saying_so_is_unpacked() -> None:
    assert only(gzip.compress(item("<title>x</title>").encode())).title == "x"
    with pytest.raises(ParseError, match="larger than 20 MB"):
        parse(gzip.compress(bytes(21_000_000)), BASE)


def test_json_feed_items_of_the_wrong_shape_do_not_stop_the_rest() -> None:
    body = b"""{"version": "https://jsonfeed.org/version/1.1", "items":
        [7, {"id": 5, "url": "/a", "title": "A & B", "date_published": "2025-01-20T00:00:00Z"}]}"""
    feed = parse(body, BASE)
    assert feed.broken == ("Item 1 is not an object.",)
    assert [(e.guid, e.url, e.title) for e in feed.entries] == [
        ("5", "https://base.example/a", "A &amp; B")
    ]


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param(",]}", id="a-comma-too-many"),
        pytest.param(', {"id": "2", "ti', id="cut-off"),
        pytest.param("\x0b]}", id="nonsense-behind"),
    ],
)
def test_the_complete_items_of_broken_json_are_read(rest: str) -> None:
    feed = parse(f'{{"items": [{{"id": "1", "title": "a\tb"}}{rest}'.encode(), BASE)
    assert [entry.guid for entry in feed.entries] == ["1"]


def test_a_page_instead_of_a_feed_offers_the_feeds_it_advertises() -> None:
    page = b"""<!doctype html><html><head><base href="https://e.org/"><link rel="alternate"
        type="application/rss+xml" title="News" href="feed.xml"></head></html>"""
    with pytest.raises(ParseError, match=r"web page.*https://e.org/feed.xml") as caught:
        parse(page, BASE)
    assert [(found.url, found.title) for found in caught.value.found] == [
        ("https://e.org/feed.xml", "News")
    ]


def test_no_more_than_the_limit_is_read_and_that_is_said() -> None:
    feed = parse(rss("<item><title>x</title></item>" * (MAX_ENTRIES + 1)), BASE)
    assert len(feed.entries) == MAX_ENTRIES
    assert feed.note == f"has {MAX_ENTRIES + 1} entries; the first {MAX_ENTRIES} were read"


HOSTILE = [
    pytest.param(b"", "empty", id="nothing"),
    pytest.param(b"\0" * 100_000, "empty", id="zero-bytes"),
    pytest.param(b"[" * 1_000_000, "JSON", id="deep-JSON"),
    pytest.param(b"<rss><channel><item " + b"a='1' " * 30_000 + b">", "tag of more", id="long-tag"),
    pytest.param(b"<html><body>challenge", "web page", id="challenge-page"),
    pytest.param(b"<a>" * 300_000 + b"x", "longer than|not a feed|broke", id="deep-nesting"),
    pytest.param(b"<rss><title>" + b"<![CDATA[" * 300_000, "longer than", id="quadratic-CDATA"),
]


@pytest.mark.parametrize(("body", "message"), HOSTILE)
def test_a_hostile_feed_ends_in_a_reason_and_the_next_one_is_read(
    body: bytes, message: str
) -> None:
    sandbox = Sandbox(seconds=1)
    started = time.monotonic()
    with pytest.raises(ParseError, match=message):
        sandbox.parse(body, BASE)
    assert time.monotonic() - started < 3
    assert sandbox.parse(rss("<item><title>next</title></item>"), BASE).entries[0].title == "next"
    sandbox.close()


def test_a_feed_that_needs_too_much_memory_is_refused_with_a_reason() -> None:
    sandbox = Sandbox(memory_bytes=200 * 1024 * 1024)
    items = b"<item><title>x</title><link>http://e.org/1</link></item>" * 300_000
    with pytest.raises(ParseError, match="memory"):
        sandbox.parse(b"<rss><channel>" + items + b"</channel></rss>", BASE)
    sandbox.close()


def test_sandboxed_and_direct_reading_give_the_same() -> None:
    sandbox = Sandbox()
    assert sandbox.parse(ATOM.encode(), BASE) == parse(ATOM.encode(), BASE)
    sandbox.close()
