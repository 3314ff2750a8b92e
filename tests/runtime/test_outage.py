"""An unreachable database or broker: one sentence that says which, and no traceback."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from config.last_pages import MOST_PAGES, LastPages
from config.local import BASE_DIR
from tests.runtime.running import environment

# Port 1 (tcpmux) is closed everywhere.
NOWHERE = {
    "DATABASE_URL": "postgresql://somebody:secret@127.0.0.1:1/timeline",
    "REDIS_URL": "redis://:secret@127.0.0.1:1/0",
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "testserver",
    "HTTPS": "false",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}


def run(*arguments: str, without: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    variables = environment(**{**NOWHERE, **more})
    variables.pop(without, None)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=BASE_DIR,
        env=variables,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_command_without_its_database_says_which_and_how_to_start_it() -> None:
    result = run("manage.py", "migrate")
    assert result.returncode == 1
    assert result.stderr == (
        "PostgreSQL at 127.0.0.1:1 does not answer. Start it or correct DATABASE_URL; "
        "without DATABASE_URL an embedded PostgreSQL is started.\n"
    )


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("from django.core.cache import cache; cache.get('x')", id="the cache"),
        pytest.param("from config.celery import app; app.send_task('x', retry=False)", id="a task"),
    ],
)
def test_a_command_without_its_broker_says_which_and_how_to_start_it(statement: str) -> None:
    result = run("manage.py", "shell", "--no-imports", "-c", statement)
    assert result.returncode == 1
    assert result.stderr == (
        "The broker (Redis or Valkey) at 127.0.0.1:1 does not answer. Start it or correct "
        "REDIS_URL; without REDIS_URL an embedded Valkey is started.\n"
    )


def test_a_missing_setting_is_one_sentence() -> None:
    result = run("manage.py", "migrate", without="SECRET_KEY")
    assert result.returncode == 1
    assert "SECRET_KEY" in result.stderr
    assert result.stderr.count("\n") == 1


ASK = """
import django, json
from django.test import Client
django.setup()
client = Client(raise_request_exception=False)
login = {"username": "a", "password": "b"}
answers = {path: client.get(path) for path in ("/", "/healthz", "/livez")}
answers["login"] = client.post("/admin/login/", login)
answers["Chinese address"] = client.get("/zh-hans/")
answers["Chinese reader"] = client.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"})
print(json.dumps({
    name: [answer.status_code, answer.headers.get("Retry-After"), answer.content.decode()]
    for name, answer in answers.items()
}))
"""


COLLECT = """
import django
from config.prepare import collect_static
django.setup()
collect_static()
"""


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    """What a web process says that has lost both: status, Retry-After and body by path."""
    # As a deployment has them: pages name static files by their hash.
    collected = run("-c", COLLECT)
    assert collected.returncode == 0, collected.stderr
    result = run("-c", ASK)
    assert "Traceback" not in result.stderr
    return dict(json.loads(result.stdout))


@pytest.mark.parametrize("path", ["/", "login"])
def test_a_page_without_its_database_says_so_and_when_to_come_back(
    answers: dict[str, Any], path: str
) -> None:
    status, retry_after, body = answers[path]
    assert (status, retry_after) == (503, "10")
    assert "Back in a moment" in body


@pytest.mark.parametrize("asked", ["Chinese address", "Chinese reader"])
def test_who_reads_chinese_is_told_so_in_chinese(answers: dict[str, Any], asked: str) -> None:
    status, retry_after, body = answers[asked]
    assert (status, retry_after) == (503, "10")
    assert '<html lang="zh-Hans">' in body
    assert "马上回来" in body


def test_health_names_every_part_that_is_down_and_no_secret(answers: dict[str, Any]) -> None:
    status, _, body = answers["/healthz"]
    assert status == 503
    assert json.loads(body) == {
        "status": "failing",
        **{
            part: {"ok": False, "error": "does not answer"}
            for part in ("database", "broker", "worker", "beat")
        },
    }


def test_being_alive_needs_neither(answers: dict[str, Any]) -> None:
    assert answers["/livez"] == [200, None, "ok\n"]


BECOME_NOBODY = """
import os
from config import local, outage
if os.geteuid() == 0:
    os.seteuid(65534)
with outage.explained():
    local.state_dir()
"""


def test_a_state_folder_of_somebody_else_is_refused_with_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)  # nobody may write here; root becomes nobody first
    result = run("-c", BECOME_NOBODY, LOCAL_STATE=str(tmp_path))
    assert result.returncode == 1
    assert result.stderr == (
        f"This user may not write in {tmp_path}, which another one made; "
        "name another folder with LOCAL_STATE=/a/folder, or remove it as that user.\n"
    )


def test_a_page_kept_for_an_outage_gives_way_to_a_later_one() -> None:
    pages, ask = LastPages(), RequestFactory()
    headers = {"Cache-Control": "public, no-cache", "ETag": 'W/"7-abc"', "Vary": "HX-Request"}
    pages.keep(ask.get("/"), HttpResponse("page", headers=headers))
    pages.keep(ask.get("/admin/"), HttpResponse("secret"))

    def recalled(path: str, **more: str) -> str | None:
        page = pages.recall(ask.get(path, headers=more))
        return page.text if page else None

    assert recalled("/") == recalled("/", **{"If-None-Match": 'W/"7-abc"'}) == "page"
    assert recalled("/", **{"If-None-Match": 'W/"8-def"'}) is None
    assert recalled("/", **{"HX-Request": "true"}) is None
    assert recalled("/admin/") is None


def test_the_pages_kept_for_an_outage_are_those_asked_for_last() -> None:
    pages, ask = LastPages(), RequestFactory()
    for number in range(MOST_PAGES + 1):
        page = HttpResponse(str(number), headers={"Cache-Control": "public"})
        pages.keep(ask.get(f"/?page={number}"), page)
    assert pages.recall(ask.get("/?page=0")) is None
    assert pages.recall(ask.get("/?page=1")) is not None
