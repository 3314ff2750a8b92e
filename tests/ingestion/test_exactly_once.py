"""A worker that is killed while it polls. The full fire is `make fault-ingest`."""

from __future__ import annotations

import os

import pytest
from django.db import connection

from tests.ingestion.fire import fire


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_random_moments_loses_nothing_and_repeats_nothing() -> None:
    server, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    database = f"{server}/{connection.settings_dict['NAME']}"
    with fire(database, feeds=30, entries=20, slowness=0.3, seed=1) as burning:
        burning.burn([burning.kill_process] * 5)
        burning.check()
        burning.again()
        burning.burn([burning.kill_process])
        burning.check()
    assert burning.kills == 6
