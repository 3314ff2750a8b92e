"""manage.py group_items: what goes in, what comes out, and what it says of bad input."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

TITLE = "Nvidia loses record $589 billion as DeepSeek rattles AI stocks"
NULLS = dict.fromkeys(("summary", "text", "url", "publisher", "published_at", "lang"))
GOOD = {"id": "a", "title": TITLE}


def grouped(folder: Path, text: str, *options: str) -> list[dict[str, Any]]:
    given, out = folder / "in.jsonl.gz", folder / "out.jsonl"
    with gzip.open(given, "wt", encoding="utf-8") as file:
        file.write(text)
    call_command(
        "group_items", given, out, *options, verbosity=0, stdout=(folder / "said").open("w")
    )
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_each_item_gets_its_story_and_a_copy_its_original(tmp_path: Path) -> None:
    copy = {"id": 2, "title": f"UPDATE: {TITLE}"}
    other = {"id": "c", "title": "EU court fines airline over refunds"}
    rows = lines(GOOD | NULLS, copy | NULLS, other | NULLS)
    assert grouped(tmp_path, rows) == [
        {"id": "a", "cluster": "a", "copy_of": None},
        {"id": 2, "cluster": "a", "copy_of": "a"},
        {"id": "c", "cluster": "c", "copy_of": None},
    ]
    assert grouped(tmp_path, rows, "--near-duplicates") == [
        {"id": "a", "cluster": "a", "copy_of": None},
        {"id": 2, "cluster": "a", "copy_of": "a"},
    ]


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_of_nothing_comes_nothing(tmp_path: Path, text: str) -> None:
    assert grouped(tmp_path, text) == []


@pytest.mark.parametrize("published_at", ["9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00Z"])
def test_no_time_is_too_far_away(tmp_path: Path, published_at: str) -> None:
    far = {"id": "b", "title": f"{TITLE} again", "published_at": published_at}
    near = GOOD | {"published_at": "2025-01-27T08:00:00Z"}
    assert [line["cluster"] for line in grouped(tmp_path, lines(near, far))] == ["a", "b"]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{bad", "line 2: not JSON"),
        ("[1]", "line 2: not a JSON object"),
        (json.dumps({"id": "b"}), "line 2: “title” is missing"),
        (json.dumps({"title": "b"}), "line 2: “id” is missing"),
        (json.dumps(GOOD), "line 2: the id “a” stands in line 1 too"),
        (json.dumps({"id": ["b"], "title": "b"}), "line 2: “id” is neither"),
        (json.dumps({"id": "b", "title": 7}), "line 2: “title” is no text"),
        (json.dumps({"id": "b", "title": "b", "published_at": "soon"}), "line 2: Invalid iso"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(tmp_path: Path, bad: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        grouped(tmp_path, lines(GOOD) + bad)
    assert not (tmp_path / "out.jsonl").exists()


def test_a_file_that_breaks_off_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(lines(GOOD).encode())
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[:-12])
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("group_items", tmp_path / "cut.jsonl.gz", tmp_path / "out.jsonl")
