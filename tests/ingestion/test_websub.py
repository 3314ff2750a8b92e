"""A hub hears of every edition once, and again only when it did not take it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from events.ingestion import outgoing
from events.ingestion.types import FetchError
from events.models import Edition
from events.tasks import TOLD, tell_hub


class Hub(HTTPServer):
    heard: list[dict[str, list[str]]]
    status: int


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(parse_qs(body.decode()))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def hub(settings: Settings) -> Iterator[Hub]:
    server = Hub(("127.0.0.1", 0), _Handler)
    server.heard, server.status = [], 204
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"127.0.0.1:{server.server_port}"
    settings.WEBSUB_HUB, settings.FETCH_ALLOW = f"http://{address}/", [address]
    settings.HOST_SPACING = 0
    outgoing._spacing.cache_clear()
    cache.delete_many([TOLD, f"{TOLD}:trying"])
    yield server
    server.shutdown()
    cache.delete_many([TOLD, f"{TOLD}:trying"])


@pytest.mark.django_db
def test_a_hub_is_told_once_per_edition(hub: Hub, client: Client) -> None:
    tell_hub()
    tell_hub()
    assert len(hub.heard) == 1
    assert hub.heard[0]["hub.mode"] == ["publish"]
    topics = hub.heard[0]["hub.url"]
    assert len(topics) == 12
    for topic in topics:  # each by the address that the feed itself gives as its own
        answer = client.get(topic.removeprefix("http://localhost:8000"))
        assert f'<{topic}>; rel="self"' in answer.headers["Link"]
    Edition.objects.update(number=99)
    tell_hub()
    assert len(hub.heard) == 2


@pytest.mark.django_db
def test_what_a_hub_refuses_is_told_again(hub: Hub) -> None:
    hub.status = 503
    with pytest.raises(FetchError):
        tell_hub()
    tell_hub()
    assert len(hub.heard) == 1, "a hub in trouble is left alone for a while"
    cache.delete(f"{TOLD}:trying")
    hub.status = 202
    tell_hub()
    assert len(hub.heard) == 2
