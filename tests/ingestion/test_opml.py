"""Subscription lists: read line by line, imported, exported."""

from __future__ import annotations

import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from events.ingestion.opml import Line, OpmlError, read_opml
from events.ingestion.subscribing import FIRST_POLLS, import_lines
from events.models import Feed, Publisher

NOW = datetime.datetime(2025, 1, 27, 12, tzinfo=datetime.UTC)
LIST = b"""<?xml version="1.0"?>
<opml version="1.0"><head><title>mine</title></head><body>
<outline text="Labs">
<outline type="rss" text="OpenAI &amp; friends" xmlUrl="https://openai.com/news/rss.xml" htmlUrl="https://openai.com/"/>
<outline TITLE="Old style" xmlURL="feed://example.org/feed"/>
</outline>
<outline text="no feed" htmlUrl="https://example.org/"/>
<outline text="file" xmlUrl="file:///etc/passwd"/>
<outline text="empty" xmlUrl=""/>
<outline text="again" xmlUrl="http://openai.com/news/rss.xml"/>
</body></opml>"""


def test_every_feed_of_a_list_is_found_at_its_line_with_its_fault() -> None:
    assert read_opml(LIST) == [
        Line(4, "https://openai.com/news/rss.xml", "OpenAI & friends", "https://openai.com/"),
        Line(5, "https://example.org/feed", "Old style"),
        Line(8, "file:///etc/passwd", "file", fault="not an http(s) address"),
        Line(9, "", "empty", fault="no address"),
        Line(10, "http://openai.com/news/rss.xml", "again"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(b"", "This is not OPML: no element found", id="empty"),
        pytest.param(b"hello", "This is not OPML: syntax error", id="text"),
        pytest.param(b"<rss><channel/></rss>", "This is not OPML but <rss>", id="a feed"),
        pytest.param(LIST[:400], "This is not OPML: ", id="truncated"),
        pytest.param(
            b'<!DOCTYPE o [<!ENTITY a "x"><!ENTITY b "'
            + b"&a;" * 1000
            + b'"><!ENTITY c "'
            + b"&b;" * 1000
            + b'"><!ENTITY d "'
            + b"&c;" * 1000
            + b'">]><opml>&d;</opml>',
            "This is not OPML",
            id="entities that multiply",
        ),
        pytest.param(b" " * 5_000_001, "larger than 5 MB", id="too large"),
    ],
)
def test_what_is_no_list_is_refused_in_words(text: bytes, words: str) -> None:
    with pytest.raises(OpmlError) as refusal:
        read_opml(text)
    assert words in str(refusal.value)


@pytest.mark.django_db
def test_import_says_for_each_line_what_became_of_it_and_spreads_the_first_polls() -> None:
    results = import_lines(read_opml(LIST), NOW)
    assert [(result.outcome, result.words) for result in results] == [
        ("added", "added"),
        ("added", "added"),
        ("fault", "left out: not an http(s) address"),
        ("fault", "left out: no address"),
        ("known", "known already"),
    ]
    feed = Feed.objects.get(title="OpenAI & friends")
    assert (feed.url, feed.homepage) == ("https://openai.com/news/rss.xml", "https://openai.com/")
    polls = [feed.next_poll_at for feed in Feed.objects.order_by("next_poll_at")]
    assert polls == [NOW, NOW + FIRST_POLLS / 5]


@pytest.mark.django_db
def test_importing_a_list_twice_adds_nothing_and_leaves_feeds_as_they_are() -> None:
    import_lines(read_opml(LIST), NOW)
    Feed.objects.update(title="our words", is_enabled=False)
    results = import_lines(read_opml(LIST), NOW)
    assert {result.words for result in results[:2]} == {"known already, switched off"}
    assert set(Feed.objects.values_list("title", "is_enabled")) == {("our words", False)}


@pytest.mark.django_db
def test_a_feed_that_moved_is_known_by_its_old_address() -> None:
    Feed.objects.create(url="https://new.example/feed", former_urls=["http://old.example/feed"])
    (result,) = import_lines([Line(1, "https://old.example/feed")], NOW)
    assert result.outcome == "known"


@pytest.mark.django_db
def test_commands_import_and_export_lists_that_read_back(tmp_path: Path) -> None:
    file = tmp_path / "list.opml"
    file.write_bytes(LIST)
    out = StringIO()
    call_command("import_opml", file, stdout=out)
    assert "line 8: file:///etc/passwd: left out: not an http(s) address" in out.getvalue()
    assert "2 added, 1 known, 2 left out" in out.getvalue()
    lab = Publisher.objects.create(name="Labs <&>", slug="labs")
    Feed.objects.filter(title="OpenAI & friends").update(publisher=lab)
    Feed.objects.create(url="http://127.0.0.1:8765/replay/x.xml", kind="replay")
    exported = StringIO()
    call_command("export_opml", stdout=exported)
    lines = read_opml(exported.getvalue().encode())
    assert [(line.url, line.title, line.homepage) for line in lines] == [
        ("https://openai.com/news/rss.xml", "OpenAI & friends", "https://openai.com/"),
        ("https://example.org/feed", "Old style", ""),
    ]
    assert 'text="Labs &lt;&amp;&gt;"' in exported.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["missing.opml", "feed.xml"])
def test_a_file_that_is_no_list_imports_nothing_and_fails(tmp_path: Path, name: str) -> None:
    (tmp_path / "feed.xml").write_text("<rss/>")
    with pytest.raises(CommandError):
        call_command("import_opml", tmp_path / name)
    assert not Feed.objects.exists()
