"""The loopback server of a replay."""

import http.client
import socket
from pathlib import Path

import pytest

from events.ingestion.recordings import Recordings, RecordingsError, serve
from events.management.commands.replay import EXCERPT

MOST_BYTES = 500_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for day, text in {"2025-01-20": "first", "2025-01-21": "second"}.items():
        (tmp_path / day).mkdir()
        (tmp_path / day / "example-org.xml").write_text(
            f"<rss><channel><link>https://example.org/</link><title>{text}</title></channel></rss>"
        )
    (tmp_path / "2025-01-21" / "example-net.json").write_text(
        '{"home_page_url": "https://example.net/"}'
    )
    (tmp_path / "2025-01-21" / "notes.txt").write_text("no feed")
    return tmp_path


def get(address: str, path: str, etag: str = "") -> tuple[int, bytes, str]:
    connection = http.client.HTTPConnection(address, timeout=5)
    connection.request("GET", path, headers={"If-None-Match": etag} if etag else {})
    response = connection.getresponse()
    answer = response.status, response.read(), response.getheader("ETag", "")
    connection.close()
    return answer


def test_days_are_in_order_and_only_feeds_count(folder: Path) -> None:
    recordings = Recordings(folder)
    assert {day: list(files) for day, files in recordings.days.items()} == {
        "2025-01-20": ["example-org.xml"],
        "2025-01-21": ["example-net.json", "example-org.xml"],
    }
    assert recordings.names() == ["example-net.json", "example-org.xml"]


def test_links_tell_whose_pages_a_feed_lists(folder: Path) -> None:
    recordings = Recordings(folder)
    assert recordings.links("example-org.xml") == ["https://example.org/"] * 2
    assert recordings.links("example-net.json") == ["https://example.net/"]


def test_each_day_shows_the_feed_as_it_stood(folder: Path) -> None:
    with serve(Recordings(folder), 0) as server:
        assert server.show("2025-01-20") == ["example-org.xml"]
        assert b"first" in get(server.address, "/replay/example-org.xml")[1]
        assert get(server.address, "/replay/example-net.json")[0] == 404
        server.show("2025-01-21")
        assert b"second" in get(server.address, "/replay/example-org.xml")[1]
        assert get(server.address, "/replay/example-net.json")[0] == 200


def test_unchanged_feed_is_not_sent_again(folder: Path) -> None:
    with serve(Recordings(folder), 0) as server:
        server.show("2025-01-20")
        _, _, etag = get(server.address, "/replay/example-org.xml")
        assert get(server.address, "/replay/example-org.xml", etag) == (304, b"", etag)
        server.show("2025-01-21")
        assert get(server.address, "/replay/example-org.xml", etag)[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/replay/../../../etc/passwd", id="out of the folder"),
        pytest.param("/replay//etc/passwd", id="absolute"),
        pytest.param("/replay/notes.txt", id="beside the feeds"),
        pytest.param("/", id="root"),
    ],
)
def test_nothing_but_the_recorded_feeds_is_served(folder: Path, path: str) -> None:
    with serve(Recordings(folder), 0) as server:
        server.show("2025-01-21")
        assert get(server.address, path)[0] == 404


def test_taken_port_is_named(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(RecordingsError, match=f"Port {port} cannot be used"),
            serve(Recordings(folder), port),
        ):
            pass


def test_folder_without_days_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingsError, match="holds no YYYY-MM-DD"):
        Recordings(tmp_path)
    with pytest.raises(RecordingsError, match="is not a folder"):
        Recordings(tmp_path / "missing")


def test_excerpt_of_the_repository_is_small_and_names_its_origin() -> None:
    sizes = [path.stat().st_size for path in EXCERPT.rglob("*") if path.is_file()]
    assert sum(sizes) < MOST_BYTES
    assert "RSS-Link-Database-2025" in (EXCERPT / "README.md").read_text()
    assert len(Recordings(EXCERPT).days) == 8
