"""The API: the record as JSON, and problems that name what was wrong."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from events.models import Edition, Event
from events.moderation.step import step
from tests.timeline.conftest import MakeEvent

pytestmark = pytest.mark.django_db


def get(client: Client, path: str, status: int = 200) -> Any:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == status, response.content
    return json.loads(response.content)


def test_events_come_newest_published_first_with_all_that_is_public(
    client: Client, make_event: MakeEvent
) -> None:
    make_event("new", date="2025-01-20")
    old = make_event("old", date="2019", actors=("OpenAI",), claims=("refuted",))
    make_event("waiting", status="draft")
    first, second = get(client, "events")["results"]
    assert (first["id"], second["slug"]) == (old.public_id, "new")
    assert first["date"]["edtf"] == "2019"
    assert first["date"]["latest"] == "2019-12-31"
    assert first["actors"][0]["name"] == "OpenAI"
    assert first["claims"][0]["status"] == "refuted"
    assert first["sources"][0]["source"]["publisher"]["name"] == "Example Press"
    assert get(client, f"events/{old.public_id}") == first


def test_the_filters_are_those_of_the_page(client: Client, make_event: MakeEvent) -> None:
    make_event("chip", category="chips", regions=["CN"], tags=["h20"], date="2025-01")
    make_event("model", actors=("OpenAI",), importance=3, claims=("disputed",))
    for query, slug in {
        "category=chips": "chip",
        "region=CN": "chip",
        "tag=h20": "chip",
        "to=2025-01-10": "chip",
        "actor=openai": "model",
        "importance=3": "model",
        "claims=disputed&claims=refuted": "model",
        "q=model": "model",
    }.items():
        assert [e["slug"] for e in get(client, f"events?{query}")["results"]] == [slug], query
    assert get(client, "events?from=2026&to=2025")["results"] == []


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_cursors_reach_every_event_once(client: Client, make_event: MakeEvent, limit: int) -> None:
    made = [make_event(f"event-{number}").public_id for number in range(7)]
    seen, cursor = [], ""
    while True:
        page = get(client, f"events?limit={limit}{cursor}")
        seen += [event["id"] for event in page["results"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == made[::-1]


@pytest.mark.parametrize("path", ["claims", "sources", "actors", "publishers", "changes"])
def test_lists_go_on_by_cursor_and_hold_nothing_of_drafts(
    client: Client, make_event: MakeEvent, path: str
) -> None:
    for number in range(3):
        make_event(f"e{number}", actors=(f"A{number}",), publishers=(f"P{number}",))
        make_event(f"c{number}", claims=("supported",), publishers=(f"P{number}",))
    make_event(
        "secret", status="draft", actors=("Hidden",), claims=("refuted",), publishers=("Hidden",)
    )
    whole = get(client, path)
    first = get(client, f"{path}?limit=2")
    rest = get(client, f"{path}?cursor={first['next_cursor']}")
    assert first["results"] + rest["results"] == whole["results"]
    assert len(first["results"]) == 2
    assert "Hidden" not in json.dumps(whole)
    assert "secret" not in json.dumps(whole)


@pytest.mark.django_db(transaction=True)
def test_changes_since_an_edition(client: Client, make_event: MakeEvent) -> None:
    event = make_event("one")
    seen = get(client, "edition")["number"]
    assert get(client, f"changes?since={seen}")["results"] == []
    with step(by=None, reason="Another title is better."):
        event.title = "Another"
        event.save()
    (change,) = get(client, f"changes?since={seen}")["results"]
    assert change["event"] == event.public_id
    assert change["reason"] == "Another title is better."
    assert change["edition"] == Edition.objects.get().number


def test_a_retracted_event_is_gone_and_says_why(client: Client, make_event: MakeEvent) -> None:
    event = make_event("hoax")
    with step(by=None):
        Event.objects.filter(pk=event.pk).update(status="retracted", status_reason="A hoax.")
    assert "A hoax." in get(client, f"events/{event.public_id}", 410)["detail"]
    assert get(client, "events")["results"] == []


@pytest.mark.parametrize(
    ("path", "status", "named"),
    [
        pytest.param("events?colour=red", 400, "colour", id="unknown parameter"),
        pytest.param("edition?x=1", 400, "x", id="a parameter where there is none"),
        pytest.param("events?cursor=there", 400, "cursor", id="bad cursor"),
        pytest.param("claims?cursor=1-2", 400, "cursor", id="the cursor of another list"),
        pytest.param("events?limit=0", 400, "limit", id="out of range"),
        pytest.param("events?category=cars", 400, "category", id="unknown category"),
        pytest.param("events?from=soon", 400, "from", id="no date"),
        pytest.param("events?actor=nobody", 404, "actor", id="unknown actor"),
        pytest.param("events?tag=nothing", 404, "tag", id="unknown tag"),
        pytest.param("claims?status=maybe", 400, "status", id="unknown status"),
    ],
)
def test_a_problem_names_its_parameter(
    client: Client, db: None, path: str, status: int, named: str
) -> None:
    problem = get(client, path, status)
    assert problem["errors"][0]["parameter"].partition(".")[0] == named
    assert problem["status"] == status


@pytest.mark.parametrize("path", ["events/zzzzzzz", "events/%00", "events/x/y", "", "nothing"])
def test_what_is_not_there_is_a_problem_too(client: Client, db: None, path: str) -> None:
    response = client.get(f"/api/v1/{path}")
    assert (response.status_code, response.headers["Content-Type"]) == (
        404,
        "application/problem+json",
    )


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        pytest.param("GET", {"If-None-Match": "garbage"}, 200, id="garbage"),
        pytest.param("HEAD", {}, 200, id="head"),
        pytest.param("OPTIONS", {}, 204, id="options"),
        pytest.param("POST", {}, 405, id="post"),
        pytest.param("GET", {"Accept": "text/csv"}, 406, id="not served"),
    ],
)
def test_methods_accept_and_origin(
    client: Client, db: None, method: str, headers: dict[str, str], status: int
) -> None:
    response = client.generic(method, "/api/v1/events", headers=headers)
    assert response.status_code == status
    assert response.headers["RateLimit-Limit"] == "600"
    if status < 400:
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    if status == 405:
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_an_unchanged_answer_costs_one_query(client: Client, make_event: MakeEvent) -> None:
    make_event("one")
    etag = client.get("/api/v1/events").headers["ETag"]
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/api/v1/events", headers={"If-None-Match": etag})
    assert (response.status_code, len(queries)) == (304, 1)


def test_queries_do_not_grow_with_events(client: Client, make_event: MakeEvent) -> None:
    counts = []
    for number in (1, 9):
        for part in range(number):
            make_event(f"e{number}-{part}", actors=("OpenAI",), claims=("disputed",))
        with CaptureQueriesContext(connection) as queries:
            client.get("/api/v1/events")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9


def test_who_asks_too_often_is_told_when_to_come_back(
    client: Client, db: None, settings: Settings
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    cache.clear()
    answers = [client.get("/api/v1/edition") for _ in range(4)]
    assert 429 in {answer.status_code for answer in answers}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 60


def test_the_description_is_openapi_3_1(client: Client, db: None) -> None:
    description = get(client, "openapi.json")
    assert description["openapi"].startswith("3.1")
    assert set(description["paths"]) == {
        f"/api/v1/{path}"
        for path in (
            "edition",
            "events",
            "events/{event_id}",
            "claims",
            "sources",
            "actors",
            "publishers",
            "changes",
        )
    }


def test_every_operation_shows_an_answer_that_keeps_to_its_schema(client: Client, db: None) -> None:
    description = get(client, "openapi.json")
    registry = {"components": description["components"]}
    for path, operations in description["paths"].items():
        answers = operations["get"]["responses"]
        for status, answer in answers.items():
            for content in answer.get("content", {}).values():
                schema = {**content["schema"], **registry}
                for example in content["examples"].values():
                    validator = jsonschema.Draft202012Validator(schema)
                    errors = [error.message for error in validator.iter_errors(example["value"])]
                    assert errors == [], (path, status)
        parameters = operations["get"].get("parameters", [])
        assert all(isinstance(each.get("examples", {}), dict) for each in parameters)
        assert set(answers) >= {"200", "304", "400", "406", "429"}
    assert description["servers"] == [{"url": "http://localhost:8000"}]


def test_limits_may_be_read_by_scripts_of_other_origins(client: Client, db: None) -> None:
    exposed = client.get("/api/v1/edition").headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Link", "RateLimit-Remaining", "Retry-After"} <= set(exposed)


@pytest.mark.django_db(transaction=True)
def test_the_commands_on_the_page_for_people_work(
    live_server: Any, make_event: MakeEvent, settings: Settings, client: Client, tmp_path: Path
) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl here")
    settings.SITE_URL = live_server.url
    make_event("chip", category="chips", regions=["CN"], claims=("disputed",), actors=("Huawei",))
    page = client.get("/api/").content.decode()
    commands = [unescape(text) for text in re.findall(r"<code>(curl .*?)</code>", page)]
    assert len(commands) == 8
    for command in commands:
        done = subprocess.run(
            [*shlex.split(command), "--fail", "--silent", "--show-error", "--noproxy", "*"],
            cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        body = done.stdout if "-o " not in command else (tmp_path / "events.jsonl").read_text()
        answer = json.loads(body.rpartition("\n\n")[2])
        assert answer.get("results") != [] or "q=" in command, command
    again = next(command for command in commands if "--etag-compare" in command)
    done = subprocess.run(
        [*shlex.split(again), "--silent", "--noproxy", "*"],
        cwd=tmp_path, capture_output=True, text=True, timeout=20, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("HTTP/1.1 304")
