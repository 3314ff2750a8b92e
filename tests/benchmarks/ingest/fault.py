"""`make fault-ingest`: fifty kills, a broker and a database that crash, 5,000 entries; then count.

A fifth of the kills take the whole worker or its parent, the rest one of its processes; after
every tenth kill the broker is stopped and started, five later the database is killed and recovers.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from config import embedded, local

if TYPE_CHECKING:
    from tests.ingestion.fire import Fire

KILLS = int(os.environ.get("FAULT_KILLS", "50"))
FEEDS, ENTRIES = 500, 10
SEED = 3


def main() -> None:
    os.environ["LOCAL_STATE"] = str(local.BASE_DIR / ".local" / "bench")
    with local.environment():
        _set_up()
        from tests.ingestion.fire import fire  # noqa: PLC0415 - after django.setup()

        began = time.monotonic()
        with fire(
            os.environ["DATABASE_URL"], feeds=FEEDS, entries=ENTRIES, slowness=1.0, seed=SEED
        ) as burning:
            burning.burn(_blows(burning))
            burning.check()
            burning.again()
            burning.burn([])
            burning.check()
        _say("kills", burning.kills)
        _say("kills_before_the_last_entry_came", burning.kills_at_first)
        _say("entries", burning.expected)
        _say("lost_or_repeated", 0)
        _say("seconds", round(time.monotonic() - began))


def _blows(burning: Fire) -> list[Callable[[], None]]:
    kinds = [burning.kill_process] * 8 + [burning.kill_all, burning.kill_parent]
    blows: list[Callable[[], None]] = []
    for number in range(KILLS):
        blows.append(kinds[number % len(kinds)])
        if number % 10 == 4:
            blows.append(_restart_broker)
        if number % 10 == 9:
            blows.append(_crash_database)
    return blows


def _restart_broker() -> None:
    state = local.state_dir()
    embedded.stop_valkey(state)
    assert embedded.start_valkey(state) == os.environ["REDIS_URL"]


def _crash_database() -> None:
    from django.db import connection  # noqa: PLC0415 - after django.setup()

    state = local.state_dir()
    connection.close()
    pid = embedded.postgres_pid(state)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        while embedded.postgres_pid(state) is not None:
            time.sleep(0.05)
    embedded.start_postgres(state)


def _say(name: str, value: float) -> None:
    print(json.dumps({"name": f"ingest.fault.{name}", "value": value, "unit": "", "peer": None}))


def _set_up() -> None:
    import django  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    importlib.import_module("config.celery").app.set_default()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET record.may_truncate = 'on'; TRUNCATE events_feed, events_source CASCADE"
        )


if __name__ == "__main__":
    main()
