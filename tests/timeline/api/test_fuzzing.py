"""schemathesis tries to break the API by its own description: `make fuzz-api`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from config.local import BASE_DIR
from tests.timeline.conftest import MakeEvent

SCHEMATHESIS = BASE_DIR / ".local" / "bench-venv" / "bin" / "schemathesis"
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "")


@pytest.mark.skipif(not EXAMPLES, reason="runs with `make fuzz-api`")
@pytest.mark.django_db(transaction=True)
def test_no_request_breaks_the_description(
    live_server: Any, make_event: MakeEvent, settings: Settings, tmp_path: Path
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    for number in range(5):
        make_event(f"event-{number}", actors=("OpenAI",), claims=("disputed",), regions=["US"])
    description = f"{live_server.url}/api/v1/openapi.json"
    options = ["--max-examples", EXAMPLES, "--checks", "all", "--workers", "2"]
    done = subprocess.run(
        [SCHEMATHESIS, "run", description, *options], cwd=tmp_path, timeout=600, check=False
    )
    assert done.returncode == 0
