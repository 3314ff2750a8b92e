"""`manage.py ingest`: what is understood of a file, and what several polls of one feed come to."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from events.models import Entry, Source

pytestmark = pytest.mark.django_db
MALFORMED = Path(__file__).parent / "data" / "malformed"
KEYS = ["guid", "url", "canonical_url", "title", "summary", "published", "updated", "rejected"]


def ingest(*arguments: Any, **options: Any) -> list[str]:
    out = StringIO()
    call_command("ingest", *map(str, arguments), stdout=out, **options)
    return out.getvalue().splitlines()


def feed(*items: str) -> str:
    return f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>"


def test_each_entry_is_one_object_with_what_was_understood(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(
        feed(
            "<item><guid>1</guid><link>http://www.e.org/1?utm_source=rss</link>"
            "<title>A &amp;amp; &lt;b&gt;B&lt;/b&gt;</title><description>&lt;p&gt;Hi&lt;/p&gt;"
            "</description><pubDate>Mon, 20 Jan 2025 12:00:00 GMT</pubDate></item>",
            "<item><guid>2</guid><title>C</title><link>mailto:a@e.org</link></item>",
        )
    )
    first, second = (json.loads(line) for line in ingest(file, json=True))
    assert list(first) == KEYS
    assert first == {
        "guid": "1",
        "url": "http://www.e.org/1?utm_source=rss",
        "canonical_url": "https://e.org/1",
        "title": "A & B",
        "summary": "Hi",
        "published": "2025-01-20T12:00:00Z",
        "updated": None,
        "rejected": None,
    }
    assert second["rejected"] == "link dropped: not an http(s) address: mailto:"


def test_malformed_files_are_read_and_a_dry_run_stores_nothing() -> None:
    files = sorted(MALFORMED.glob("*.xml"))
    lines = ingest(*files, json=True, dry_run=True)
    assert len(lines) >= len(files)
    assert not Entry.objects.exists()


def test_a_file_that_is_no_feed_is_told_in_words(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<html><title>Login</title></html>")
    errors = StringIO()
    with pytest.raises(CommandError, match="could not be read"):
        ingest(file, json=True, stderr=errors)
    assert "This is a web page, not a feed." in errors.getvalue()


def test_polls_without_guids_and_with_moving_dates_come_to_one_source_an_item(
    tmp_path: Path,
) -> None:
    polls = []
    for day in (20, 21, 22):
        items = [
            f"<item><title>Paper {n}</title><link>https://lab.example/{n}</link>"
            f"<pubDate>{day} Jan 2025 12:00:00 GMT</pubDate></item>"
            for n in range(day - 18)
        ]
        polls.append(tmp_path / f"{day}.xml")
        polls[-1].write_text(feed(*items))
    ingest(*polls, feed_url="https://lab.example/feed")
    assert Entry.objects.count() == Source.objects.count() == 4
    days = Entry.objects.order_by("published_at").values_list("published_at__day", flat=True)
    assert list(days) == [20, 20, 21, 22]
