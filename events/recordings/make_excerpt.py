"""Make the excerpt that `make replay` serves, from full recordings of feeds.

python events/recordings/make_excerpt.py NEWS POLLS

NEWS holds feeds/YYYY-MM-DD/<host>.xml, entries.jsonl and labels.jsonl; POLLS one folder per feed
with what it answered, named by UTC time. Kept of each entry: GUID, link, title, time, author
and the first sentence; of entries that are off topic every fourth. See README.md beside this.
"""

from __future__ import annotations

import html
import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

HERE = Path(__file__).resolve().parent
LONGEST = 200
# The two feeds of POLLS, under the name they get, and the days on which each is served.
OPENAI = ("openai_research", "openai-com-news-research.xml", ["0120", "0121", "0123", "0124"])
HUGGING_FACE = [
    ("hf_blog_rss", "huggingface-co-blog.xml", ["0208", "0211"]),
    ("hf_blog_json", "huggingface-co-blog.json", ["0208", "0211"]),
]
# openai.com's feed lists its whole archive: first pages whose date moves with each poll, the
# newest last, and no GUID anywhere. Enough of both ends to see that.
OPENAI_KEPT = slice(4, -10)


def first_sentence(text: str) -> str:
    plain = re.sub(r"<[^>]*>", " ", html.unescape(text))
    plain = re.sub(r"\s+", " ", plain).strip()
    sentence = re.split(r"(?<=[.!?…])\s", plain, maxsplit=1)[0]
    if len(sentence) <= LONGEST:
        return sentence
    return sentence[:LONGEST].rsplit(" ", 1)[0] + " …"


def wanted_links(news: Path) -> set[str]:
    """The links of all entries on topic, and of every fourth other one."""
    lines = (news / "labels.jsonl").read_text().splitlines()
    on_topic = {label["id"] for label in map(json.loads, lines) if label["topic"]}
    entries = list(map(json.loads, (news / "entries.jsonl").read_text().splitlines()))
    others = [entry for entry in entries if entry["id"] not in on_topic]
    return {entry["link"] for entry in entries if entry["id"] in on_topic} | {
        entry["link"] for entry in others[::4]
    }


def excerpt_rss(source: Path, target: Path, keep: Callable[[str], bool]) -> None:
    tree = ET.parse(source)
    channel = tree.getroot().find("channel")
    assert channel is not None, source
    for item in channel.findall("item"):
        if not keep(item.findtext("link", "")):
            channel.remove(item)
            continue
        for part in list(item):
            if part.tag == "description":
                part.text = first_sentence(part.text or "")
            elif part.tag not in ("title", "link", "guid", "pubDate", "author"):
                item.remove(part)
    if channel.find("item") is not None:
        target.parent.mkdir(exist_ok=True)
        ET.indent(tree)
        tree.write(target, encoding="utf-8", xml_declaration=True)


def excerpt_json(source: Path, target: Path) -> None:
    feed = json.loads(source.read_text())
    for item in feed["items"]:
        item["content_text"] = first_sentence(item["content_text"])
        item.pop("image", None)
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(feed, ensure_ascii=False, indent=1) + "\n")


def polls_until(folder: Path, days: Iterable[str]) -> Iterable[tuple[str, Path]]:
    """For each day of 2025 (MMDD) the last poll that had been made by its end."""
    files = sorted(folder.iterdir())
    for day in days:
        yield f"2025-{day[:2]}-{day[2:]}", [f for f in files if f.name[4:8] <= day][-1]


def links_of(path: Path) -> list[str]:
    return [item.findtext("link", "") for item in ET.parse(path).iter("item")]


def main(news: Path, polls: Path) -> None:
    wanted = wanted_links(news)
    for path in sorted((news / "feeds").glob("*/*.xml")):
        excerpt_rss(path, HERE / path.parent.name / path.name, wanted.__contains__)
    folder, name, days = OPENAI
    found = list(polls_until(polls / folder, days))
    first = links_of(found[0][1])
    left_out = set(first[OPENAI_KEPT])
    for day, path in found:
        excerpt_rss(path, HERE / day / name, lambda link: link not in left_out)
    for folder, name, days in HUGGING_FACE:
        for day, path in polls_until(polls / folder, days):
            if name.endswith(".json"):
                excerpt_json(path, HERE / day / name)
            else:
                excerpt_rss(path, HERE / day / name, lambda link: True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
