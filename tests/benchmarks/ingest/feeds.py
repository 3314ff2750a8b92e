"""300 feeds to poll: the recordings of the repository, the rest generated in three formats."""

from __future__ import annotations

import datetime
import random
from email.utils import format_datetime
from functools import cache
from html import escape
from pathlib import Path

FEEDS = 300
WORDS = [
    "model",
    "weights",
    "chip",
    "export",
    "lab",
    "research",
    "policy",
    "data",
    "center",
    "training",
    "inference",
    "benchmark",
    "open",
    "agent",
    "safety",
    "compute",
    "cluster",
    "funding",
    "launch",
    "release",
    "price",
    "token",
    "reasoning",
    "license",
    "court",
    "bill",
]
START = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)


RECORDINGS = Path(__file__).resolve().parents[3] / "events" / "recordings"
TYPES = {".xml": "application/rss+xml", ".json": "application/feed+json"}


@cache
def recorded() -> tuple[Path, ...]:
    return tuple(sorted(file for file in RECORDINGS.glob("*/*") if file.suffix in TYPES))


def document(number: int) -> tuple[bytes, str]:
    """(bytes, content type) of one feed, the same at every run."""
    if number < len(recorded()):
        file = recorded()[number]
        return file.read_bytes(), TYPES[file.suffix]
    body, _, kind = generated(number)
    return body, kind


def generated(number: int) -> tuple[bytes, int, str]:
    """(document, number of entries, content type) of one feed."""
    dice = random.Random(number)
    count = dice.randint(10, 40)
    entries = [_entry(number, position, dice) for position in range(count)]
    if number % 3 == 2:
        return _atom(number, entries), count, "application/atom+xml"
    return _rss(number, entries, has_content=number % 3 == 1), count, "application/rss+xml"


def _entry(number: int, position: int, dice: random.Random) -> dict[str, str]:
    at = START + datetime.timedelta(minutes=dice.randint(0, 40_000))
    sentences = [" ".join(dice.choices(WORDS, k=12)).capitalize() + "." for _ in range(12)]
    return {
        "title": " ".join(dice.choices(WORDS, k=8)).capitalize() + f" ({number}-{position})",
        "link": f"https://outlet-{number}.example/2025/{position}/"
        + "-".join(dice.choices(WORDS, k=5))
        + ("/?utm_source=rss&utm_medium=feed" if number % 4 == 0 else "/"),
        "guid": f"https://outlet-{number}.example/?p={position}",
        "rfc": format_datetime(at, usegmt=True),
        "iso": at.isoformat(),
        "summary": f"<p>{' '.join(sentences[:3])} <a href='/more'>Read &amp; see more</a></p>",
        "content": "".join(f"<p>{sentence} <em>More.</em></p>" for sentence in sentences),
    }


def _rss(number: int, entries: list[dict[str, str]], *, has_content: bool) -> bytes:
    items = []
    for entry in entries:
        content = f"<content:encoded><![CDATA[{entry['content']}]]></content:encoded>"
        items.append(
            f"<item><title>{escape(entry['title'])}</title><link>{escape(entry['link'])}</link>"
            f'<guid isPermaLink="false">{entry["guid"]}</guid><pubDate>{entry["rfc"]}</pubDate>'
            f"<dc:creator>A. Writer</dc:creator><category>AI</category>"
            f"<description>{escape(entry['summary'])}</description>"
            f"{content if has_content else ''}</item>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>Outlet {number}</title><link>https://outlet-{number}.example/</link>"
        f"<description>News</description><language>en</language>{''.join(items)}</channel></rss>"
    ).encode()


def _atom(number: int, entries: list[dict[str, str]]) -> bytes:
    items = [
        f"<entry><id>{entry['guid']}</id><title>{escape(entry['title'])}</title>"
        f'<link rel="alternate" href="{escape(entry["link"])}"/>'
        f"<published>{entry['iso']}</published><updated>{entry['iso']}</updated>"
        f"<author><name>A. Writer</name></author>"
        f'<summary type="html">{escape(entry["summary"])}</summary></entry>'
        for entry in entries
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>https://outlet-{number}.example/</id><title>Outlet {number}</title>"
        f'<link href="https://outlet-{number}.example/"/><updated>{START.isoformat()}</updated>'
        f"{''.join(items)}</feed>"
    ).encode()
